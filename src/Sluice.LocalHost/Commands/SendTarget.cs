using System.CommandLine;
using Handlers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.LocalHost.Hosting;
using Sluice.Providers;

namespace Sluice.LocalHost.Commands;

/// <summary>Whom <c>sluice send</c> plays and with which key.</summary>
internal sealed record SendTarget(IProvider Provider, SignatureScheme Scheme, SourceSettings Settings, SendSecret Secret)
{
    /// <exception cref="CommandException">Something is missing; it says what to name.</exception>
    public static (SendTarget Sender, Uri Url) Find(ParseResult parsed, string providerName, string? sourceName, string? url, string? secret)
    {
        if (!ProviderCatalog.Default.TryGet(providerName, out var provider))
            throw new CommandException($"'{Events.SafeText.OneLine(providerName, 60)}' is no provider; name one of {string.Join(", ", ProviderCatalog.Default.Names)}");

        var data = CommonOptions.Folder(parsed);
        var file = ConfigurationFile.Find(parsed.GetValue(CommonOptions.Config), data);
        var source = file.Path is null || File.Exists(file.Path) ? FindSource(file, provider, sourceName) : null;
        if (source is null && sourceName is not null) throw new CommandException($"there is no source '{Events.SafeText.OneLine(sourceName, 60)}' of provider {provider.Name}; see {file.Path ?? "the environment"}");
        var settings = source ?? new SourceSettings { Name = provider.Name.Replace('-', '_'), Provider = provider.Name };

        var faults = new List<string>();
        var scheme = provider.Scheme(settings, faults);
        if (faults.Count > 0) throw new CommandException($"{faults[0]}; provider {provider.Name} needs a source that says how it signs: name it with --source");
        return (new SendTarget(provider, scheme, settings, SendSecret.Find(scheme, settings, secret, file)), FindUrl(url, data, settings.Name));
    }

    private static SourceSettings? FindSource(ConfigurationFile file, IProvider provider, string? name)
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.None))
            .AddSingleton(TimeProvider.System).AddSluiceHandlers().AddUserHandlers().BuildServiceProvider();
        var configuration = file.Read(services.GetRequiredService<HandlerCatalog>(), new List<ConfigurationError>());
        SourceSettings[] found = [.. configuration.Settings.Sources.Where(source => source.Provider == provider.Name && (name is null || source.Name == name))];
        return found.Length <= 1 ? found.FirstOrDefault() : throw new CommandException($"there are several sources of provider {provider.Name}: name one of {string.Join(", ", found.Select(source => source.Name))} with --source");
    }

    private static Uri FindUrl(string? text, DataFolder data, string source)
    {
        var given = text ?? data.ReadHost()?.Url ?? throw new CommandException($"no Sluice runs with the data folder {data.Path}; start sluice up, or name an address with --url");
        if (!Uri.TryCreate(given, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw new CommandException($"--url {Events.SafeText.OneLine(given)} is no http or https address");
        return url.AbsolutePath == "/" ? new Uri(url, $"/api/webhooks/{source}") : url;
    }
}
