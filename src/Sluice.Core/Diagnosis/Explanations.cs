using System.Globalization;
using System.Text.Json;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>What can be said where nothing that was tried makes the proof hold.</summary>
internal sealed class Explanations(ProviderCatalog providers)
{
    private const int PartToParse = 32;

    public Cause Of(Source source, Envelope envelope, SignatureResult result, Work work)
    {
        if (result == SignatureResult.NoUsableSecret) return Unusable(source);
        if (Recognition.Other(source, providers, envelope.Headers) is { } other)
            return new(CauseKind.WrongProvider, $"a request of {other.Facts.Title} by its headers; this source is set up for {source.Provider.Facts.Title}", $"let the sender post to a source with Provider '{other.Name}'");

        return result switch
        {
            SignatureResult.MissingSignature or SignatureResult.MissingTimestamp or SignatureResult.MissingId => Missing(source, envelope),
            SignatureResult.AmbiguousHeader => new(CauseKind.HeaderDoubled, "a header of the proof, or a part of it, stands twice, and neither holds", "have only one hop add it: a proxy copies it, or two proxies do"),
            SignatureResult.MalformedSignature => new(CauseKind.HeaderMalformed, $"the proof is not of the form that {source.Provider.Facts.Title} writes ({source.Scheme.Kind})", "look whether another sender posts here, or whether something in front rewrites it"),
            SignatureResult.MalformedTimestamp => new(CauseKind.HeaderMalformed, "the proof's time is not of the form that this sender writes", "look whether another sender posts here, or whether something in front rewrites it"),
            SignatureResult.UntrustedKey => new(CauseKind.UnknownSecret, "made with a key that is none of the sender's", "look whether the sender has a new key, or whether the request is forged"),
            SignatureResult.KeyUnavailable => new(CauseKind.UnknownSecret, "the sender's keys were not at hand, so that nothing could be checked", "see that this host reaches the address the sender publishes its keys at, or set PublicKeys"),
            _ => Truncated(envelope, work) ?? Unknown(source, work.IsCutShort),
        };
    }

    // Its own size is the best witness that a body lost its end.
    private static Cause? Truncated(Envelope envelope, Work work)
    {
        const string fix = "look at limits and timeouts of what stands in front, and whether something there reads the body first";
        var said = long.TryParse(envelope.Headers.First("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : -1;
        if (envelope.Body.IsEmpty) return new(CauseKind.BodyTruncated, "the body arrived empty, and the proof is over another one", fix);
        if (said > envelope.Body.Length) return new(CauseKind.BodyTruncated, $"the body is cut off: {envelope.Body.Length} of {said} bytes arrived", fix);
        // Once, whatever else was tried: it is looked for even where all work is done.
        return envelope.Body.Length <= work.MostBytes / PartToParse && EndsEarly(envelope.Body.Span) ? new(CauseKind.BodyTruncated, "the body is cut off: its JSON does not end", fix) : null;
    }

    private static bool EndsEarly(ReadOnlySpan<byte> body)
    {
        if (body[0] is not ((byte)'{' or (byte)'[')) return false;
        // First as if more came: what is wrong by itself is no end that is missing.
        var reader = new Utf8JsonReader(body, isFinalBlock: false, default);
        try
        {
            while (reader.Read())
            {
            }

            return reader.CurrentDepth > 0 || reader.BytesConsumed < body.Length;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Cause Missing(Source source, Envelope envelope)
    {
        if (source.Scheme.IsInPath) return new(CauseKind.UrlPath, "the URL was called without the secret at its end", $"give the sender the whole URL, /api/webhooks/{source.Name}/ and the secret");
        var sets = Sets(source.Scheme);
        if (sets.Count == 0) return envelope.Body.IsEmpty
            ? new(CauseKind.BodyTruncated, "the body, in which the proof stands, arrived empty", "look whether something in front reads the body first")
            : new(CauseKind.HeaderMissing, "the proof, which stands in the body, is not there", "look whether another sender posts here, and whether signing is switched on at the sender");

        bool IsThere(string name) => !string.IsNullOrEmpty(envelope.Headers.First(name));
        var present = sets.FirstOrDefault(set => IsThere(set[0]));
        var missing = (present ?? sets[0]).Where(name => !IsThere(name)).ToList();
        if (missing.Count == 0) return new(CauseKind.HeaderMalformed, $"{present![0]} has no time in it", "look whether something in front rewrites it");
        var text = present is null && sets.Count > 1 ? string.Join(" or ", sets.Select(set => set[0])) : string.Join(" and ", missing.Take(3));
        var (are, them) = missing.Count == 1 || sets.Count > 1 ? ("is", "it") : ("are", "them");
        return new(CauseKind.HeaderMissing, $"{text} {are} missing: something in front removed {them}, signing is off at the sender, or it is not the sender's request", "have the proxy or gateway hand the sender's headers on, and look whether a secret is set at the sender");
    }

    // The headers that belong together, the proof's own first; several where the sender may use one set or another.
    private static IReadOnlyList<IReadOnlyList<string>> Sets(SignatureScheme scheme) => scheme switch
    {
        HmacScheme hmac => [.. hmac.Headers.Select(Names)],
        EitherScheme either => [.. either.Shared.Headers.Select(Names)],
        EcdsaScheme ecdsa => [.. ecdsa.Headers.Select(Names)],
        Ed25519Scheme curve => [.. curve.Headers.Select(Names)],
        UrlAndFormScheme form => [.. form.Headers.Select(name => new[] { name })],
        PayPalScheme => [[.. scheme.HeaderNames.OrderByDescending(name => name.EndsWith("-sig", StringComparison.Ordinal))]],
        _ when scheme.HeaderNames.Count + scheme.CredentialNames.Count > 0 => [[.. scheme.HeaderNames, .. scheme.CredentialNames]],
        _ => [],
    };

    private static string[] Names(SignatureHeaders set) => [.. new[] { set.Signature, set.Timestamp, set.Id }.OfType<string>()];

    public static Cause Elsewhere(bool isGenuine) => new(
        CauseKind.AddressNotAllowed,
        $"it came from an address that the source does not allow{(isGenuine ? ", and its signature holds" : "")}",
        "add the sender's address to AllowedIps, and the proxy in front to TrustedProxies");

    /// <summary>Why the source accepts nothing at all.</summary>
    public static Cause Unusable(Source source) => source.Fault is { } fault
        ? new(CauseKind.UnknownSecret, "the source's configuration has a fault, so that it accepts nothing", fault)
        : new(CauseKind.UnknownSecret, "no secret of the source is valid at that time, and none fits that ever was", "set the secret that the sender signs with now");

    public static Cause Unlearned() => new(
        CauseKind.SecretNotLearned, "the source waits for the handshake of its sender, which brings the secret", "create the webhook at the sender, or set the secret that it was created with");

    private static Cause Unknown(Source source, bool wasCutShort) => new(
        CauseKind.UnknownSecret,
        $"made with a secret that is none of those configured, or changed in more than one way{(wasCutShort ? " (it is large: not every usual mistake was tried)" : "")}; or forged",
        source.Scheme.ChecksPublicKeys ? "compare the public key with the one that the sender shows for this very endpoint" : "compare the secret with the one that the sender shows for this very endpoint, and for test or live as the request is");
}
