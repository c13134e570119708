using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Ingestion;
using Sluice.Providers;
using Sluice.Storage;

namespace Sluice.Configuration;

/// <summary>The configuration made ready for use: every source with its keys, every destination with its handler. Never changes; a new one replaces it.</summary>
public sealed class SluiceConfiguration
{
    private readonly Destination splitting;
    private readonly FrozenDictionary<string, Source> sources;
    private readonly FrozenDictionary<string, Destination> destinations;
    private ImmutableArray<Destination> configured;

    private SluiceConfiguration(SluiceSettings settings, IEnumerable<Source> sources, IEnumerable<Destination> destinations, Destination splitting)
    {
        (Settings, this.splitting, Splitting) = (settings, splitting, [splitting]);
        this.sources = sources.ToFrozenDictionary(source => source.Name, StringComparer.Ordinal);
        Sources = [.. this.sources.Values.OrderBy(source => source.Name, StringComparer.Ordinal)];
        Window = DedupeWindow.Of(settings.Retention, this.sources.Values);
        this.destinations = (configured = [.. destinations]).ToFrozenDictionary(destination => destination.Name, StringComparer.Ordinal);
        Destinations = [.. this.destinations.Values.OrderBy(destination => destination.Name, StringComparer.Ordinal)];
    }

    public SluiceSettings Settings { get; }

    /// <summary>What was said of destinations while running, by name: of those that were registered, and of configured ones that were paused or disabled.</summary>
    public IReadOnlyDictionary<string, Registration> Registrations { get; private init; } = FrozenDictionary<string, Registration>.Empty;

    /// <summary>How long events are kept.</summary>
    public DedupeWindow Window { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<Source> Sources { get; }

    /// <summary>By name.</summary>
    public IReadOnlyList<Destination> Destinations { get; }

    /// <summary>Where batches go, to be taken apart.</summary>
    public IReadOnlyList<Destination> Splitting { get; }

    public bool TryGetSource(string name, [NotNullWhen(true)] out Source? source) => sources.TryGetValue(name, out source);

    public bool TryGetDestination(string name, [NotNullWhen(true)] out Destination? destination)
    {
        if (name != SplitHandler.DestinationName) return destinations.TryGetValue(name, out destination);
        destination = splitting;
        return true;
    }

    /// <summary>
    /// The same with what was said while running. A configured destination takes only its standing from there: it stands before a registration of
    /// its name. One that was removed is there, so that what is pending for it comes to its end, and takes no events.
    /// </summary>
    public SluiceConfiguration With(IReadOnlyList<Registration> registrations)
    {
        var said = registrations.ToFrozenDictionary(registration => registration.Name, StringComparer.Ordinal);
        var all = configured.Select(destination => said.GetValueOrDefault(destination.Name) is { Said.State: not DestinationState.Removed } own ? destination.At(own.Said) : destination)
            .Concat(registrations.Where(registration => configured.All(destination => destination.Name != registration.Name)).Select(registration => registration.Destination).OfType<Destination>())
            .ToList();
        return new SluiceConfiguration(Settings, sources.Values.Select(source => source with { Destinations = [.. all.Where(destination => destination.Takes(source.Name))] }), all, splitting)
        {
            configured = configured,
            Registrations = said,
        };
    }

    /// <summary>Whether a destination is in the configuration itself.</summary>
    public bool IsConfigured(string destination) => configured.Any(one => one.Name == destination);

    /// <summary>Reads and prepares everything. A source with a fault is there and accepts nothing; the caller decides what else the errors mean.</summary>
    /// <param name="handlers">Null in an app that delivers nothing: any handler's name will do.</param>
    /// <param name="secrets">Null in an app that checks no signatures: its sources need no secrets and accept nothing.</param>
    /// <param name="deliverySecrets">What destinations are signed with, in an app that delivers and checks no signatures; the same as of the sources where absent.</param>
    /// <param name="tokens">What the tokens for the senders' logs are resolved with; null in an app that asks none.</param>
    public static SluiceConfiguration Build(IConfiguration configuration, ProviderCatalog providers, HandlerCatalog? handlers, SecretResolver? secrets, ICollection<ConfigurationError> errors, SecretResolver? deliverySecrets = null, SecretResolver? tokens = null)
    {
        var settings = SettingsReader.Read(configuration, providers, handlers, secrets, errors, deliverySecrets, tokens);
        Destination[] destinations = [.. settings.Destinations
            .Where(destination => handlers is null || handlers.TryGet(destination.Handler, out _))
            .Select(destination => new Destination(destination, handlers))];

        var splitting = new Destination(new DestinationSettings { Name = SplitHandler.DestinationName, Handler = "split", Sources = [], Retry = settings.Retry, Timeout = DestinationSettings.LongestTimeout, Breaker = new() { Failures = 0 }, DisableAfter = null }, handlers is null || handlers.TryGet("split", out _) ? handlers : null);
        var sources = new List<Source>();
        foreach (var source in settings.Sources)
        {
            if (!providers.TryGet(source.Provider, out var provider))
            {
                if (source.Provider.Length > 0)
                    errors.Add(new($"Sluice:Sources:{source.Name}:Provider", $"is '{source.Provider}', which is not known; name one of {string.Join(", ", providers.Names)}", source.Name));
                provider = new UnknownProvider(source.Provider);
            }

            sources.Add(Prepare(source, provider, [.. destinations.Where(destination => destination.Takes(source.Name))], secrets is not null, errors) with { Splitting = [splitting] });
        }

        var window = DedupeWindow.Of(settings.Retention, sources);
        return new SluiceConfiguration(settings, [.. sources.Select(source => QuarantineSettings.Fit(source, window.Length, errors))], destinations, splitting);
    }

    private static Source Prepare(SourceSettings settings, IProvider provider, Destination[] destinations, bool checksSignatures, ICollection<ConfigurationError> errors)
    {
        var entry = $"Sluice:Sources:{settings.Name}";
        var faults = new List<string>();
        var scheme = provider.Scheme(settings, faults);
        foreach (var fault in faults) errors.Add(new($"{entry}:{fault.Split(':', 2)[0]}", fault.Split(": ", 2)[1], settings.Name));
        if (checksSignatures && scheme.SignsUrl && settings.PublicUrl is null)
            errors.Add(new($"{entry}:PublicUrl", "is missing; this sender signs the URL it calls, so write it exactly as the sender has it", settings.Name));

        if (settings.PublicKeys.Count > 0 && !scheme.ChecksPublicKeys)
            errors.Add(new($"{entry}:PublicKeys", $"is set, and provider {provider.Name} has no public keys; put the secret you share with the sender into Secrets and remove it", settings.Name));

        if (settings.Quarantine is not null && (scheme.ShowsSecret || scheme.HeaderNames.Any(KeptHeaders.IsLeftOut)))
            errors.Add(new($"{entry}:Quarantine", $"is set, and a request of provider {provider.Name} shows its secret or a proof that is never kept; one that was refused may hold the secret all but right, so remove Quarantine", settings.Name));

        // Fail closed: one fault makes the whole source unusable until someone has looked at it. A secret that was named and could not be read is one.
        var learns = checksSignatures && provider.OffersSecret && settings.Secrets.Count == 0;
        var verifier = checksSignatures && !learns ? scheme.Prepare(settings, errors) : null;
        if (errors.Any(error => error.Source == settings.Name)) (verifier, learns) = (null, false);
        return new Source(settings, provider, scheme, verifier, destinations)
        {
            ChecksSignatures = checksSignatures,
            Learns = learns,
            Fault = errors.FirstOrDefault(error => error.Source == settings.Name)?.ToString(),
        };
    }
}
