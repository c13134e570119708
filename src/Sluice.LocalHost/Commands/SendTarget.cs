using System.CommandLine;
using System.Text;
using Handlers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>Whom <c>sluice send</c> plays and with which key.</summary>
internal sealed record SendTarget(IProvider Provider, SignatureScheme Scheme, SourceSettings Settings, SendSecret Secret)
{
    /// <summary>Covers what was sent where it comes back, also as <c>basic</c> writes it.</summary>
    public SecretMask Mask(string? verifyToken = null) => new([Secret.Value ?? "", Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret.Value ?? "")), verifyToken ?? ""]);

    /// <param name="url">What <c>--url</c> says.</param>
    /// <param name="secret">What <c>--secret</c> says.</param>
    /// <exception cref="CommandException">Something is missing; it says what to name.</exception>
    public static (SendTarget Sender, SendReceiver Receiver) Find(ParseResult parsed, string providerName, string? sourceName, string? url, string? secret)
    {
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), CommonOptions.Folder(parsed));
        var isKnown = ProviderCatalog.Default.TryGet(providerName, out var provider);
        // Whoever has named receiver and secret needs nothing of a configuration, though what it says (a PublicUrl) is used.
        var sources = ReadSources(file, isNeeded: isKnown && (sourceName is not null || url is null || secret is null));
        if (provider is null) throw NoProvider(providerName, sources);

        var source = FindSource(sources, provider, sourceName);
        if (source is null && sourceName is not null) throw new CommandException($"there is no source '{SafeText.OneLine(sourceName, 60)}' of provider {provider.Name}; see {file.Path ?? "the environment"}");
        var settings = source ?? new SourceSettings { Name = provider.Name.Replace('-', '_'), Provider = provider.Name };

        var faults = new List<string>();
        var scheme = provider.Scheme(settings, faults);
        if (faults.Count > 0) throw new CommandException($"{faults[0]}; provider {provider.Name} needs a source that says how it signs: name it with --source");
        var receiver = SendReceiver.Find(parsed, url, settings.Name);
        return (new SendTarget(provider, scheme, settings, SendSecret.Find(scheme, settings, secret, file, receiver)), receiver);
    }

    private static CommandException NoProvider(string name, IReadOnlyList<SourceSettings> sources) => new(
        sources.FirstOrDefault(source => source.Name == name) is { } source ? $"{source.Name} is a source: send {source.Provider} --source {source.Name}"
        : $"'{SafeText.OneLine(name, 60)}' is no provider; name one of {string.Join(", ", ProviderCatalog.Default.Names)}");

    private static IReadOnlyList<SourceSettings> ReadSources(ConfigurationFile file, bool isNeeded)
    {
        if (file.Path is not null && !File.Exists(file.Path)) return [];
        using var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(TimeProvider.System).AddSluiceHandlers().AddUserHandlers().BuildServiceProvider();
        try
        {
            return file.Read(services.GetRequiredService<HandlerCatalog>(), new List<ConfigurationError>()).Settings.Sources;
        }
        catch (CommandException e) when (!isNeeded)
        {
            Console.Error.WriteLine($"sluice: {SafeText.OneLine(e.Message)}; going on without it");
            return [];
        }
    }

    private static SourceSettings? FindSource(IReadOnlyList<SourceSettings> sources, IProvider provider, string? name)
    {
        SourceSettings[] found = [.. sources.Where(source => source.Provider == provider.Name && (name is null || source.Name == name))];
        return found.Length <= 1 ? found.FirstOrDefault() : throw new CommandException($"there are several sources of provider {provider.Name}: name one of {string.Join(", ", found.Select(source => source.Name))} with --source");
    }
}
