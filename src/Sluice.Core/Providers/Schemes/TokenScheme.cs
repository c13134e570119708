using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// The sender shows the shared secret itself in a header. That proves who knows it and nothing about the bytes: whoever reads one
/// request can make others, so that TLS and a source of its own matter more than with a signature.
/// </summary>
public sealed record TokenScheme : SignatureScheme
{
    public required string Header { get; init; }

    /// <summary>Stands before the secret, in either case, such as <c>Bearer </c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The parameter of the query that may carry the secret instead of the header; null where none may.</summary>
    public string? Query { get; init; }

    /// <summary>Whether the secret is <c>user:password</c>, sent in base64.</summary>
    public bool IsBasic { get; init; }

    public override string Kind => IsBasic ? "user and password" : "secret in a header";

    /// <summary>None: the header is the secret, and is for nobody else.</summary>
    public override IReadOnlyList<string> HeaderNames => [];

    public override IReadOnlyList<string> CredentialNames => [Header];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read<SharedSecret>(settings, errors, Read) is { } keys ? new TokenVerifier(this, keys) : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at) =>
        Read(secret).Error is { } error ? throw new FormatException(error) : request.With(new KeyValuePair<string, string>(Header, Prefix + Written(secret)));

    private (SharedSecret? Key, string? Error) Read(string secret) => secret switch
    {
        _ when IsBasic && secret.IndexOf(':', StringComparison.Ordinal) <= 0 => (null, "has no user name; write user:password"),
        _ when !IsBasic && secret.AsSpan().ContainsAnyExceptInRange(' ', '~') => (null, "has characters that no header can carry; use letters, digits and signs of ASCII"),
        _ => (new SharedSecret(Written(secret)), null),
    };

    private string Written(string secret) => IsBasic ? Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) : secret;
}

/// <summary>Compares the secret that a request shows with those of its source. Allocates nothing where it stands in the header.</summary>
internal sealed class TokenVerifier(TokenScheme scheme, IReadOnlyList<DatedKey<SharedSecret>> keys) : ISignatureVerifier
{
    public int Keys => keys.Count;

    public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

    public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
    {
        var text = envelope.Headers.Single(scheme.Header, out var count);
        if (count > 1) return new(SignatureResult.AmbiguousHeader);
        if (string.IsNullOrEmpty(text))
        {
            if (scheme.Query is null) return new(SignatureResult.MissingSignature);
            var given = Providers.Query.Value(envelope.Target, scheme.Query, out count);
            return count > 1 ? new(SignatureResult.AmbiguousHeader) : given.IsEmpty ? new(SignatureResult.MissingSignature) : Find(given, now);
        }

        return text.StartsWith(scheme.Prefix, StringComparison.OrdinalIgnoreCase) ? Find(text.AsSpan(scheme.Prefix.Length), now) : new(SignatureResult.MalformedSignature);
    }

    private SignatureCheck Find(ReadOnlySpan<char> given, DateTimeOffset now) => DatedKeys.Find(keys, now, given, static (key, text) => key.Is(text));
}
