using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Sluice.Configuration;
using Sluice.Diagnosis;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Quarantine;

/// <summary>
/// Which secrets a refused request may show: those of its own sender, and of any other who posts to the wrong URL. What shows one is cut from what is kept, and
/// a request that is another sender's whose requests show their secret is kept without its bytes.
/// </summary>
internal sealed class ShownSecrets
{
    // What a platform in front is shown: the key of an Azure function.
    private static readonly string[] Platforms = ["x-functions-key"];

    private static readonly ConditionalWeakTable<SluiceConfiguration, ShownSecrets> Known = [];

    private readonly FrozenSet<string> credentials;
    private readonly Source[] sources;
    private readonly ISignatureVerifier[] inBodies;

    private ShownSecrets(SluiceConfiguration configuration)
    {
        var usual = ProviderCatalog.Default.Names.Select(Usual).ToList();
        credentials = usual.Select(known => known.Scheme).Concat(configuration.Sources.Select(source => source.Scheme)).SelectMany(scheme => scheme.CredentialNames).Concat(Platforms).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        sources = [.. configuration.Sources.Where(source => source.Scheme.ShowsSecret && source.Verifier is not null)];
        // Any secret will do to see whether a body has a place for one.
        inBodies = [.. usual.Where(known => known.Scheme is { ShowsSecret: true, IsInPath: false, CredentialNames.Count: 0 })
            .Select(known => known.Scheme.Prepare(known.Settings with { Secrets = [new SecretSettings("any secret will do")] }, [])).OfType<ISignatureVerifier>()];
    }

    /// <summary>Of that configuration; found out once.</summary>
    public static ShownSecrets Of(SluiceConfiguration configuration) => Known.GetValue(configuration, static configuration => new(configuration));

    /// <summary>What may be kept of a refused request; null where its bytes may not.</summary>
    public KeptRequest? Cut(Source source, Envelope envelope) => source.Scheme.ShowsSecret || IsAnothers(source, envelope) ? null : new(
        source.Scheme.SignsUrl ? envelope.Target : Path(envelope.Target),
        // What proves who the source's own sender is is no secret, whatever others call so.
        KeptHeaders.OfRefused(envelope.Headers, name => credentials.Contains(name) && !source.Scheme.HeaderNames.Contains(name, StringComparer.OrdinalIgnoreCase)),
        envelope.Body);

    private bool IsAnothers(Source source, Envelope envelope)
    {
        if (Recognition.Other(source, ProviderCatalog.Default, envelope.Headers) is { } other && Usual(other.Name).Scheme.ShowsSecret) return true;
        // Tried without its address: a verifier may remember where genuine requests come from.
        var seen = envelope with { RemoteAddress = null };
        return Array.Exists(inBodies, verifier => verifier.Verify(seen, envelope.ReceivedAt).Result is SignatureResult.Valid or SignatureResult.Mismatch)
            || Array.Exists(sources, other => other.Name != source.Name && other.Verifier!.Verify(seen, envelope.ReceivedAt).Result is SignatureResult.Valid or SignatureResult.TimestampTooOld);
    }

    private static (SourceSettings Settings, SignatureScheme Scheme) Usual(string name)
    {
        ProviderCatalog.Default.TryGet(name, out var provider);
        var settings = new SourceSettings { Name = "any", Provider = name };
        return (settings, provider!.Scheme(settings, []));
    }

    private static string Path(string target) => target.IndexOfAny(['?', '#']) is >= 0 and var end ? target[..end] : target;
}
