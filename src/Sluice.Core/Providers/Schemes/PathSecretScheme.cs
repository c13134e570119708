using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// The sender can show nothing but the URL it was given, so the secret is a part of it: <c>/api/webhooks/{source}/{secret}</c>.
/// Proxies and logs of others see URLs: choose a long random one and rotate it.
/// </summary>
public sealed record PathSecretScheme : SignatureScheme
{
    /// <summary>Shorter ones could be found by trying.</summary>
    public const int ShortestSecret = 16;

    public override string Kind => "secret in the URL";

    public override bool IsInPath => true;

    public override IReadOnlyList<string> HeaderNames => [];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read<SharedSecret>(settings, errors, Read) is { } keys ? new PathSecretVerifier(keys) : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        if (Read(secret).Error is { } error) throw new FormatException(error);
        var url = new UriBuilder(request.Url);
        // A URL that was given whole has it already.
        if (!url.Path.EndsWith($"/{secret}", StringComparison.Ordinal)) url.Path = $"{url.Path.TrimEnd('/')}/{secret}";
        return request with { Url = url.Uri };
    }

    private static (SharedSecret? Key, string? Error) Read(string secret) => secret switch
    {
        { Length: < ShortestSecret } => (null, $"is shorter than {ShortestSecret} characters; it is all that guards the URL, so make it long and random"),
        _ when secret.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '~')) => (null, "has characters that a URL would change; use letters, digits, - and _"),
        _ => (new SharedSecret(secret), null),
    };
}

/// <summary>Compares the part of the path behind the source's name with its secrets.</summary>
internal sealed class PathSecretVerifier(IReadOnlyList<DatedKey<SharedSecret>> keys) : ISignatureVerifier
{
    public int Keys => keys.Count;

    public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

    public SignatureCheck Verify(Envelope envelope, DateTimeOffset now) =>
        string.IsNullOrEmpty(envelope.PathSecret) ? new(SignatureResult.MissingSignature)
        : DatedKeys.Find(keys, now, envelope.PathSecret, static (key, text) => key.Is(text));
}
