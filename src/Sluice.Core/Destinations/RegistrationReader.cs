using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>
/// Reads destinations that were registered while running, by the rules of the configuration and some more: handler <c>http</c> only, no secrets
/// that name places on this machine, https and the public internet unless <c>AllowPrivate</c>. Nothing that is sent makes it throw.
/// </summary>
public sealed class RegistrationReader(HttpHandler http)
{
    /// <summary>Why a name cannot be registered that the configuration has.</summary>
    internal const string IsTheConfigurations = "is in the configuration, which stands before what is registered; change it there, or choose another name";

    /// <summary>The largest settings, in bytes; 16 KiB.</summary>
    internal const int MostBytes = 16 * 1024;

    // All at once help nobody who has thousands.
    private const int MostFaults = 20;

    // The entries that say which events it wants.
    private static readonly string[] Wishes = ["Sources", "Types", "Filter"];

    private readonly HandlerCatalog handlers = new(http);

    /// <summary>Checks what somebody wants to register; null with every fault, each naming the entry and the fix.</summary>
    /// <param name="json">An object as under <c>Destinations:NAME</c>, at most 16 KiB.</param>
    public DestinationSettings? Read(string name, string json, SluiceConfiguration configuration, ICollection<ConfigurationError> faults) =>
        Read(name, json, configuration, faults, out _);

    internal DestinationSettings? Read(string name, string json, SluiceConfiguration configuration, ICollection<ConfigurationError> faults, out JsonElement settings)
    {
        settings = default;
        if (!SettingsReader.IsName(name))
        {
            faults.Add(new($"'{SafeText.OneLine(name, 60)}'", SettingsReader.NoName));
            return null;
        }

        if (configuration.IsConfigured(name))
        {
            faults.Add(new(name, IsTheConfigurations));
            return null;
        }

        return Look(name, json, configuration, faults, out settings);
    }

    /// <summary>The same for what is only looked at: its name may be the configuration's.</summary>
    internal DestinationSettings? Look(string name, string json, SluiceConfiguration configuration, ICollection<ConfigurationError> faults, out JsonElement settings)
    {
        settings = default;
        if (Encoding.UTF8.GetByteCount(json) > MostBytes)
        {
            faults.Add(new(name, $"is longer than {MostBytes / 1024} KiB; shorten its filter or its lists"));
            return null;
        }

        var sources = configuration.Sources.Select(source => source.Name).ToHashSet(StringComparer.Ordinal);
        var found = new List<ConfigurationError>();
        var read = Read(name, json, sources, configuration, found, out settings);
        if (read?.Url is { } url && configuration.Sources.FirstOrDefault(source => IsOf(source.Settings, url)) is { } own)
            found.Add(new($"{name}:Url", $"is where source '{own.Name}' takes its webhooks, so that each event would come back as another; name the receiver"));
        foreach (var fault in found.Take(MostFaults)) faults.Add(fault);
        if (found.Count > MostFaults) faults.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"has {found.Count - MostFaults} more faults; mend these first")));
        return found.Count == 0 ? read : null;
    }

    /// <summary>What stands in the shared state. What cannot be used, of a newer version perhaps, is paused, takes events as far as it says which, and says why.</summary>
    internal Registration Read(SharedDocument stored, SluiceConfiguration configuration)
    {
        var document = DestinationDocument.Read(stored.Json);
        if (document is { Settings: null, Standing: { State: not DestinationState.Removed } only }) return new() { Name = stored.Name, Version = stored.Version ?? "", Standing = only, Said = only };

        var faults = new List<ConfigurationError>();
        DestinationSettings? settings = null;
        if (document is not { Settings: { } element }) faults.Add(new(stored.Name, "is registered with what is no registration"));
        // A source may have left the configuration since: there is only nothing to take of it.
        else settings = Read(stored.Name, element.GetRawText(), sources: null, configuration, faults, out _);

        if (document is { Standing: null }) faults.Add(new(stored.Name, $"is in the state '{document.State}', which this version does not know"));
        // What events it wants is all or nothing: one it did not ask for must not reach it later.
        var isVague = settings is null || faults.Any(fault => Wishes.Any(entry => fault.Entry.StartsWith($"{stored.Name}:{entry}", StringComparison.OrdinalIgnoreCase)));
        settings ??= Unknown(stored.Name);
        if (isVague) settings = settings with { Sources = [] };
        return Whole(stored, settings, document, faults.Count == 0 ? null : string.Join("; ", faults));
    }

    /// <summary>What could not even be looked at.</summary>
    internal Registration Unusable(SharedDocument stored, string fault) => Whole(stored, Unknown(stored.Name) with { Sources = [] }, document: null, fault);

    private Registration Whole(SharedDocument stored, DestinationSettings settings, DestinationDocument? document, string? faults)
    {
        var fault = faults is null ? null : $"cannot be used: {SafeText.OneLine(faults, 500)}; register it again, or update Sluice where a newer one registered it";
        var standing = document?.Standing ?? Standing.Active;
        // What a newer version said holds a configured destination too; what says nothing at all does not.
        var said = document is { Standing: null } ? new(DestinationState.Paused, fault, standing.Since) : standing;
        if (fault is not null) standing = standing.State switch
        {
            DestinationState.Active => new(DestinationState.Paused, fault, standing.Since),
            DestinationState.Removed when standing.Pending == PendingOnRemoval.Deliver => standing with { Pending = PendingOnRemoval.DeadLetter },
            _ => standing,
        };
        return new() { Name = stored.Name, Version = stored.Version ?? "", Standing = standing, Said = said, Destination = new Destination(settings, handlers).At(standing), Fault = fault };
    }

    private DestinationSettings Unknown(string name) => new() { Name = name, Handler = http.Name, Strict = true, IsRegistered = true };

    // A proxy may show the sources anywhere; those beside one are its neighbours.
    private static bool IsOf(SourceSettings source, Uri url) =>
        source.PublicUrl is { } own && Uri.Compare(own, url, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
        && (own.AbsolutePath == url.AbsolutePath || (own.AbsolutePath.StartsWith(IngestEndpoint.Path, StringComparison.Ordinal) && url.AbsolutePath.StartsWith(IngestEndpoint.Path, StringComparison.Ordinal)));

    private DestinationSettings? Read(string name, string json, HashSet<string>? sources, SluiceConfiguration configuration, List<ConfigurationError> faults, out JsonElement settings)
    {
        if (RegistrationJson.Read(name, json, out settings, out var error) is not { } flat)
        {
            faults.Add(new(name, error!));
            return null;
        }

        var section = new ConfigurationBuilder().AddInMemoryCollection(flat).Build().GetSection(name);
        return DestinationReader.Read(new SectionReader(section, faults), sources, configuration.Settings.Retry, handlers, SecretResolver.Literal, isRegistered: true);
    }
}
