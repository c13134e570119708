using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Delivery;

/// <summary>
/// Signs what goes to a destination by Standard Webhooks 1.0, with every secret that is valid then: while one is replaced by another the
/// receiver may check with either. <c>whsec_...</c> signs with HMAC-SHA256 (<c>v1</c>), <c>whsk_...</c> with Ed25519 (<c>v1a</c>).
/// (github.com/standard-webhooks/standard-webhooks, spec at b2fa7b8, read 2026-11-22.) Never shows its secrets.
/// </summary>
public sealed class DeliverySigner
{
    /// <summary>What the spec asks a shared secret to have, in bytes.</summary>
    private const int ShortestSecret = 24;

    private const int LongestSecret = 64;

    private readonly IReadOnlyList<Key> keys;

    private DeliverySigner(IReadOnlyList<Key> keys) => this.keys = keys;

    /// <summary>Reads the secrets; null when there is none or one cannot be used, with each fault as the secret's entry and the fix.</summary>
    public static DeliverySigner? Create(IReadOnlyList<SecretSettings> secrets, ICollection<ConfigurationError> errors)
    {
        var keys = new List<Key>();
        foreach (var secret in secrets)
        {
            if (Key.Read(secret, out var error) is { } key) keys.Add(key);
            else errors.Add(new(secret.Entry, error!));
        }

        return keys.Count > 0 && keys.Count == secrets.Count ? new(keys) : null;
    }

    /// <summary>Whether one of the secrets is valid at that moment: without one nothing is sent.</summary>
    public bool IsUsable(DateTimeOffset at) => keys.Any(key => key.IsValid(at));

    /// <summary>The three headers of the signature.</summary>
    /// <param name="id">The same over all attempts.</param>
    /// <param name="at">When this attempt is made.</param>
    public IReadOnlyList<KeyValuePair<string, string>> Headers(string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var start = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signatures = new StringBuilder();
        foreach (var key in keys)
        {
            if (!key.IsValid(at)) continue;
            if (signatures.Length > 0) signatures.Append(' ');
            signatures.Append(key.Sign(start, body));
        }

        return [new("webhook-id", id), new("webhook-timestamp", timestamp), new("webhook-signature", signatures.ToString())];
    }

    public override string ToString() => nameof(DeliverySigner);

    private sealed class Key
    {
        private readonly SecretSettings secret;
        private readonly HmacKey? shared;
        private readonly byte[] seed;

        private Key(SecretSettings secret, HmacKey? shared, byte[] seed) => (this.secret, this.shared, this.seed) = (secret, shared, seed);

        public static Key? Read(SecretSettings secret, out string? error)
        {
            error = null;
            var isOwn = secret.Value.StartsWith("whsk_", StringComparison.Ordinal);
            if (!isOwn && !secret.Value.StartsWith("whsec_", StringComparison.Ordinal))
            {
                error = "begins with neither whsec_ nor whsk_; write whsec_ and 24 to 64 random bytes in base64, which the receiver gets too, or whsk_ and an Ed25519 key";
                return null;
            }

            var bytes = new byte[secret.Value.Length];
            if (!Convert.TryFromBase64String(secret.Value[(isOwn ? "whsk_" : "whsec_").Length..], bytes, out var length))
            {
                error = "is no base64 behind its prefix; write it as the tool that made it shows it";
                return null;
            }

            // Seed and public key behind each other, as many libraries write a private key.
            if (isOwn && length is Ed25519.SeedSize or Ed25519.SeedSize + Ed25519.PublicKeySize) return new(secret, null, bytes[..Ed25519.SeedSize]);
            if (!isOwn && length is >= ShortestSecret and <= LongestSecret) return new(secret, HmacKey.Of(HashAlgorithmName.SHA256, bytes[..length]), []);
            error = isOwn ? "is no Ed25519 private key, which has 32 bytes" : $"has {length} bytes; a secret has {ShortestSecret} to {LongestSecret}";
            return null;
        }

        public bool IsValid(DateTimeOffset at) => !(at < secret.NotBefore) && !(at >= secret.NotAfter);

        public string Sign(byte[] start, ReadOnlySpan<byte> body)
        {
            if (shared is null) return $"v1a,{Convert.ToBase64String(Ed25519.Sign(seed, start, body))}";
            var hash = shared.Rent();
            hash.AppendData(start);
            hash.AppendData(body);
            Span<byte> signature = stackalloc byte[SHA256.HashSizeInBytes];
            hash.GetHashAndReset(signature);
            shared.Return(hash);
            return $"v1,{Convert.ToBase64String(signature)}";
        }
    }
}
