using System.Security.Cryptography;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>The request was signed in another way than the source's: another hash, another encoding, over another text, or as another sender signs.</summary>
internal sealed class SchemeMistakes(IProvider own, ProviderCatalog providers)
{
    private const string Fix = "set the sender to sign as its documentation says for this provider, or use the provider 'hmac' with Algorithm, Encoding and SignedContent of this sender";

    private static readonly HashAlgorithmName[] Hashes = [HashAlgorithmName.SHA1, HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512];
    private static readonly string[] HashPrefixes = ["sha1=", "sha256=", "sha384=", "sha512=", "v0=", "v1=", "v1,", ""];

    private static readonly SignedContent[] Contents =
    [
        .. new[] { "{body}", "{timestamp}.{body}", "{timestamp}{body}", "{timestamp}:{body}", "v0:{timestamp}:{body}", "{id}.{timestamp}.{body}", "{id}{timestamp}{body}", "{body}{timestamp}", "{body}.{timestamp}", "{url}{body}", "{method}{url}{body}{timestamp}" }
            .Select(SignedContent.Parse),
    ];

    public IReadOnlyList<Mistake> All => [new(OtherHash, MendsForm: true), new(OtherContent, MendsForm: true), new(AsOtherProviders, MendsForm: true)];

    // The signature's own form says which hash and encoding made it.
    private static IEnumerable<Trial> OtherHash(Trial trial)
    {
        if (trial.Hmac is not { Form: SignatureForm.Single } hmac)
        {
            foreach (var other in Others(trial)) yield return other;
            yield break;
        }

        foreach (var names in hmac.Headers)
        {
            if (trial.Envelope.Headers.Single(names.Signature, out _) is not { Length: > 0 and < 200 } value) continue;
            foreach (var prefix in HashPrefixes.Append(hmac.Prefix).Distinct(StringComparer.Ordinal).Where(prefix => value.StartsWith(prefix, StringComparison.Ordinal)))
            {
                var text = value[prefix.Length..];
                foreach (var hash in Hashes)
                {
                    var size = hash == HashAlgorithmName.SHA1 ? 20 : hash == HashAlgorithmName.SHA256 ? 32 : hash == HashAlgorithmName.SHA384 ? 48 : 64;
                    var isHex = text.Length == 2 * size && text.All(char.IsAsciiHexDigit);
                    if (!isHex && text.Length != (size + 2) / 3 * 4) continue;
                    var encoding = isHex ? SignatureEncoding.Hex : SignatureEncoding.Base64;
                    var other = hmac with { Algorithm = hash, Encoding = encoding, Prefix = prefix };
                    if (hash == hmac.Algorithm && prefix == hmac.Prefix && (encoding == SignatureEncoding.Base64) == (hmac.Encoding == SignatureEncoding.Base64)) continue;
                    yield return trial.With(other, Said($"signed with {Words(other)}, and the source expects {Words(hmac)}"));
                }
            }
        }
    }

    private static IEnumerable<Trial> OtherContent(Trial trial)
    {
        if (trial.Hmac is not { } hmac) yield break;
        var hasTime = hmac.Headers.Any(names => names.Timestamp is not null) || (hmac.Form == SignatureForm.Pairs && hmac.TimestampName is not null);
        var hasId = hmac.Headers.Any(names => names.Id is not null);
        foreach (var content in Contents)
        {
            if (content.Template == hmac.Content.Template || (content.HasTimestamp && !hasTime) || (content.HasId && !hasId) || (content.HasUrl && trial.Envelope.Url is null)) continue;
            yield return trial.With(hmac with { Content = content }, Said($"signed over {content.Template}, and the source expects {hmac.Content.Template}"));
        }

        if (!hmac.Content.HasTimestamp) yield break;
        foreach (var format in Enum.GetValues<TimestampFormat>().Where(format => format != hmac.Timestamp))
            yield return trial.With(hmac with { Timestamp = format }, Said($"its time is written {Words(format)}, and the source expects it {Words(hmac.Timestamp)}"));
    }

    // With this source's own secret.
    private IEnumerable<Trial> AsOtherProviders(Trial trial)
    {
        if (trial.Settings.Secrets.Count == 0) yield break;
        foreach (var name in providers.Names)
        {
            if (name == own.Name || !providers.TryGet(name, out var provider)) continue;
            var scheme = provider.Scheme(trial.Settings, []);
            if (scheme == trial.Scheme || scheme is not (HmacScheme or UrlAndFormScheme or NotificationItemsScheme)) continue;
            if (scheme.HeaderNames.Count > 0 && !scheme.HeaderNames.Any(header => trial.Envelope.Headers.First(header) is not null)) continue;
            var headers = trial.Envelope.Headers;
            var isBoth = Recognition.Score(provider, headers) <= Recognition.Score(own, headers);
            // Some senders sign in an older way too, which is another sender's only one: GitHub's SHA-1 is Intercom's.
            var there = scheme.HeaderNames.FirstOrDefault(header => headers.First(header) is not null);
            var isOlder = isBoth && there is not null && Recognition.Marks(own, headers) > 0 && Recognition.Marks(provider, headers) == 0 && trial.Scheme.HeaderNames is [var wanted, ..] && headers.First(wanted) is null;
            yield return trial.With(scheme, isOlder
                ? new Cause(CauseKind.HeaderMissing, $"{trial.Scheme.HeaderNames[0]} is missing; {there} is there ({scheme.Kind}), and a source of {own.Facts.Title} does not go by it", "see that nothing in front removes it, or that the sender is set to sign in its newer way")
                : isBoth
                ? Said($"signed as {provider.Facts.Title} signs, and the source expects {own.Facts.Title}'s {trial.Scheme.Kind}")
                : new Cause(CauseKind.WrongProvider, $"a request of {provider.Facts.Title}, signed with this source's secret; the source is set up for {own.Facts.Title}", $"set Provider of this source to '{provider.Name}'"));
        }
    }

    private static IEnumerable<Trial> Others(Trial trial) => trial.Scheme switch
    {
        JwtScheme { JwksUrl: null } jwt => JwtScheme.Algorithms.Where(algorithm => algorithm != jwt.Algorithm).Select(algorithm => trial.With(jwt with { Algorithm = algorithm }, Said($"the token is signed with {algorithm}, and the source expects {jwt.Algorithm}"))),
        EcdsaScheme ecdsa => [.. OtherTexts(trial, ecdsa), .. OtherEncodings(ecdsa.Encoding).Select(encoding => trial.With(ecdsa with { Encoding = encoding }, Said($"its signature is written in {Words(encoding)}, and the source expects {Words(ecdsa.Encoding)}")))],
        Ed25519Scheme curve => [.. OtherTexts(trial, curve), .. OtherEncodings(curve.Encoding).Select(encoding => trial.With(curve with { Encoding = encoding }, Said($"its signature is written in {Words(encoding)}, and the source expects {Words(curve.Encoding)}")))],
        _ => [],
    };

    private static IEnumerable<Trial> OtherTexts<TKey>(Trial trial, PublicKeyScheme<TKey> scheme)
        where TKey : class => Contents.Where(content => content.Template.EndsWith("{body}", StringComparison.Ordinal) && !content.HasUrl && content.Template != scheme.Content.Template)
            .Select(content => trial.With(scheme with { Content = content }, Said($"signed over {content.Template}, and the source expects {scheme.Content.Template}")));

    private static IEnumerable<SignatureEncoding> OtherEncodings(SignatureEncoding encoding) => encoding == SignatureEncoding.Base64 ? [SignatureEncoding.Hex] : [SignatureEncoding.Base64];

    private static string Words(HmacScheme hmac) => $"HMAC-{hmac.Algorithm.Name} in {Words(hmac.Encoding)}{(hmac.Prefix.Length > 0 ? $" behind '{hmac.Prefix}'" : "")}";

    private static string Words(SignatureEncoding encoding) => encoding == SignatureEncoding.Base64 ? "base64" : "hex";

    private static string Words(TimestampFormat format) => format switch
    {
        TimestampFormat.Milliseconds => "in milliseconds",
        TimestampFormat.Iso8601 => "as a date of ISO 8601",
        _ => "in seconds",
    };

    private static Cause Said(string text) => new(CauseKind.OtherAlgorithm, text, Fix);
}
