using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;

namespace Sluice.Core.Tests.Configuration;

/// <summary>A configuration file as text, read and built as a host does it.</summary>
public sealed record SettingsText(string Json)
{
    public const string Stripe = """ "stripe": { "Provider": "stripe", "Secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] } """;

    /// <summary>What overrides the file, as <c>Sluice:...</c>.</summary>
    public Dictionary<string, string?> Overrides { get; init; } = [];

    public Dictionary<string, string?> Environment { get; init; } = [];

    public string Folder { get; init; } = "/";

    public static SettingsText OfSource(string settings) => Of($$""" "Sources": { "it": { {{settings}} } } """);

    public static SettingsText OfDestination(string settings) => Of($$""" "Sources": { {{Stripe}} }, "Destinations": { "billing": { {{settings}} } } """);

    public static SettingsText Of(string sluice) => new($$"""{ "Sluice": { {{sluice}} } }""");

    public (SluiceConfiguration Configuration, IReadOnlyList<ConfigurationError> Errors) Build()
    {
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)))
            .AddInMemoryCollection(Overrides)
            .Build();
        using var clients = new HttpClients();
        var handlers = new HandlerCatalog(new HttpHandler(clients, TimeProvider.System), new TableHandler(), new LogHandler(NullLogger<LogHandler>.Instance));
        var secrets = new SecretResolver(name => Environment.GetValueOrDefault(name), Folder);
        return (SluiceConfiguration.Build(configuration, ProviderCatalog.Default, handlers, secrets, errors, tokens: secrets), errors);
    }

    public SluiceConfiguration Reads()
    {
        var (configuration, errors) = Build();
        Assert.Empty(errors);
        return configuration;
    }

    public SluiceSettings Settings() => Reads().Settings;

    /// <summary>The one error that there is, as it is shown.</summary>
    public void Fails(string error) => Assert.Equal(error, Assert.Single(Build().Errors).ToString());

    /// <summary>The one error there is begins and ends so.</summary>
    public void Fails(string start, string end)
    {
        var error = Assert.Single(Build().Errors).ToString();
        Assert.StartsWith(start, error, StringComparison.Ordinal);
        Assert.EndsWith(end, error, StringComparison.Ordinal);
    }

    /// <summary>A handler with a setting of its own, as a user might write it.</summary>
    private sealed class TableHandler : IHandler
    {
        public string Name => "table";

        public IReadOnlyCollection<string> Settings => ["Table"];

        public IEnumerable<string> Check(DestinationSettings destination)
        {
            if (!destination.Settings.ContainsKey("Table")) yield return "has no Table; name the table to write to";
        }

        public ValueTask<Outcome> HandleAsync(Sluice.Events.WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken) => ValueTask.FromResult(Outcome.Done);
    }
}
