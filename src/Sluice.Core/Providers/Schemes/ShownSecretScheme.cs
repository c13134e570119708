using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>A sender that shows a shared secret in a header and signs nothing: it proves who calls, not what the bytes were.</summary>
public sealed record ShownSecretScheme(string Header, bool IsBasic) : SignatureScheme
{
    /// <summary>None: the header is the secret.</summary>
    public override IReadOnlyList<string> HeaderNames => [];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read(settings, errors, Read) is { } keys ? new Verifier(Header, keys) : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at) =>
        Read(secret).Error is { } error ? throw new FormatException(error) : request.With(new KeyValuePair<string, string>(Header, Shown(secret)));

    // Hashed, so that comparing takes the same time whatever the length; never kept in the clear.
    private (byte[]? Key, string? Error) Read(string secret) =>
        IsBasic && secret.IndexOf(':', StringComparison.Ordinal) <= 0 ? (null, "has no user name; write user:password") : (SHA256.HashData(Encoding.UTF8.GetBytes(Shown(secret))), null);

    private string Shown(string secret) => IsBasic ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)) : secret;

    private sealed class Verifier(string header, IReadOnlyList<DatedKey<byte[]>> keys) : ISignatureVerifier
    {
        int ISignatureVerifier.Keys => keys.Count;

        public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            var shown = envelope.Headers.Single(header, out var count);
            if (count > 1) return new(SignatureResult.AmbiguousHeader);
            if (string.IsNullOrEmpty(shown)) return new(SignatureResult.MissingSignature);
            return DatedKeys.Find(keys, now, SHA256.HashData(Encoding.UTF8.GetBytes(shown)), static (key, hash) => CryptographicOperations.FixedTimeEquals(key, hash));
        }
    }
}
