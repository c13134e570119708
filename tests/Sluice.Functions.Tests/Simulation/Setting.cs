using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sluice.AzureServices.Hosting;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Functions.Tests.Broker;
using Sluice.Providers;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>The app settings of one run: two sources, three destinations, delays and patience drawn from its seed.</summary>
internal sealed class Setting
{
    public const string Queue = "events";
    public const string Stripe = "stripe";
    public const string Standard = "standard";

    private readonly Dictionary<string, string?> values = new()
    {
        ["Tables"] = "UseDevelopmentStorage=true",
        ["ServiceBus"] = "Endpoint=sb://double.servicebus.windows.net/;SharedAccessKeyName=test;SharedAccessKey=dGVzdA==",
        ["EventQueue"] = Queue,
        ["RetrySchedule"] = "0 * * * * *",
        ["Sluice:Sources:stripe:Provider"] = "stripe",
        ["Sluice:Sources:standard:Provider"] = "standard-webhooks",
        ["Sluice:Destinations:all:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:invoices:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:invoices:Types:0"] = "invoice.*",
        ["Sluice:Destinations:orders:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:orders:Sources:0"] = "stripe",
        ["Sluice:Destinations:orders:Types:0"] = "order.*",
        ["Sluice:Destinations:ordered:Handler"] = SimulatedHandler.HandlerName,
        ["Sluice:Destinations:ordered:Order:Key"] = "json:customer",
    };

    private static readonly KeyValuePair<string, string?>[] Secrets =
    [
        new("Sluice:Sources:stripe:Secrets:0", "whsec_simulated"), new("Sluice:Sources:standard:Secrets:0", "whsec_c2ltdWxhdGVkIHNlY3JldCBvZiAzMiBieXRlcyEh"),
    ];

    private readonly IConfiguration plain;
    private readonly IConfiguration withSecrets;

    public Setting(Random random)
    {
        IsAging = random.Next(16) == 0;
        IsCounted = random.Next(6) == 0;
        SdkRetries = random.Next(2) * 2;
        MaxAttempts = random.Next(1, 7);
        Retention = IsAging ? TimeSpan.FromDays(1) : TimeSpan.FromDays(30);
        QueueOptions = new() { MaxDeliveryCount = random.Next(3) == 0 ? random.Next(2, 5) : 10 };
        values["Sluice:Retention"] = Text(Retention);
        if (IsAging) foreach (var source in new[] { Stripe, Standard }) UseSenderWithoutHorizon(source);
        values["Sluice:RedeliveryReplays"] = random.Next(4) == 0 ? "false" : "true";
        values["Sluice:Retry:MaxAttempts"] = MaxAttempts.ToString(CultureInfo.InvariantCulture);
        values["Sluice:Retry:BaseDelay"] = Text(IsAging && random.Next(4) > 0 ? TimeSpan.FromHours(9) : TimeSpan.FromSeconds(random.Next(3) * 20));
        values["Sluice:Retry:Factor"] = random.Next(1, 5).ToString(CultureInfo.InvariantCulture);
        values["Sluice:Retry:MaxDelay"] = Text(IsAging ? TimeSpan.FromHours(12) : TimeSpan.FromSeconds(200));
        foreach (var destination in new[] { "all", "invoices", "orders", "ordered" }) values[$"Sluice:Destinations:{destination}:Timeout"] = Text(TimeSpan.FromSeconds(random.Next(6) == 0 ? random.Next(100, 240) : random.Next(1, 40)));
        if (MaxAttempts % 3 == 0) Gather("all", events: 2 + (SdkRetries / 2), TimeSpan.FromSeconds(9 * MaxAttempts));
        plain = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        withSecrets = new ConfigurationBuilder().AddInMemoryCollection(values.Concat(Secrets)).Build();
        Senders = Build();
    }

    /// <summary>Whether this run goes on until its events are older than their retention.</summary>
    public bool IsAging { get; }

    /// <summary>Whether nothing happens in this run that would go uncounted, so that the sums have to be exact.</summary>
    public bool IsCounted { get; }

    /// <summary>How often the SDK repeats a request by itself.</summary>
    public int SdkRetries { get; }

    public int MaxAttempts { get; }

    public TimeSpan Retention { get; }

    public BrokerQueueOptions QueueOptions { get; }

    /// <summary>The configuration as the senders know it, with the secrets.</summary>
    public SluiceConfiguration Senders { get; }

    public IConfiguration Of(FunctionApp app) => app == FunctionApp.Ingest ? withSecrets : plain;

    private SluiceConfiguration Build()
    {
        var errors = new List<ConfigurationError>();
        var built = SluiceConfiguration.Build(withSecrets, ProviderCatalog.Default, new HandlerCatalog(new SimulatedHandler(null!, null!)), new SecretResolver(_ => null, "/"), errors);
        return errors.Count == 0 ? built : throw new InvalidOperationException(string.Join('\n', errors));
    }

    // Stripe would have its events kept for four days whatever the retention says: these senders do not say for how long they repeat.
    private void UseSenderWithoutHorizon(string source)
    {
        values[$"Sluice:Sources:{source}:Provider"] = "hmac";
        values[$"Sluice:Sources:{source}:SignedContent"] = "{id}.{timestamp}.{body}";
        foreach (var header in new[] { "SignatureHeader", "TimestampHeader", "IdHeader" }) values[$"Sluice:Sources:{source}:{header}"] = "X-" + header;
    }

    private void Gather(string destination, int events, TimeSpan wait)
    {
        values[$"Sluice:Destinations:{destination}:Format"] = nameof(DeliveryFormat.CloudEvents);
        values[$"Sluice:Destinations:{destination}:Batch:Events"] = events.ToString(CultureInfo.InvariantCulture);
        values[$"Sluice:Destinations:{destination}:Batch:Wait"] = Text(wait);
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
