using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;
using Sluice.Configuration;

namespace Sluice.Providers;

/// <summary>A usable secret of a source: keyed hashes ready for use, and the time it is valid for. Never shows its bytes.</summary>
public sealed class HmacKey
{
    private readonly DefaultObjectPool<IncrementalHash> hashes;

    private HmacKey(HashAlgorithmName algorithm, byte[] key, DateTimeOffset? notBefore, DateTimeOffset? notAfter)
    {
        (NotBefore, NotAfter) = (notBefore, notAfter);
        // A keyed hash kept for reuse costs half of one made for each request.
        hashes = new DefaultObjectPool<IncrementalHash>(new KeyedHashes(algorithm, key), maximumRetained: 64);
    }

    public DateTimeOffset? NotBefore { get; }

    public DateTimeOffset? NotAfter { get; }

    public IncrementalHash Rent() => hashes.Get();

    /// <summary>Takes back a hash that was read with a reset.</summary>
    public void Return(IncrementalHash hash) => hashes.Return(hash);

    /// <summary>Reads a secret; null with an error that names what is wrong, never the secret.</summary>
    public static HmacKey? Create(SecretSettings secret, HmacScheme scheme, out string? error)
    {
        var bytes = ReadKey(secret.Value, scheme.Key, out error);
        return bytes is null ? null : new HmacKey(scheme.Algorithm, bytes, secret.NotBefore, secret.NotAfter);
    }

    private static byte[]? ReadKey(string secret, KeyFormat format, out string? error)
    {
        error = secret switch
        {
            _ when string.IsNullOrWhiteSpace(secret) => "is empty; set it to the secret the sender shows",
            _ when secret != secret.Trim() => "has white space around it; remove it",
            _ when format == KeyFormat.Whsec && secret.Any(char.IsWhiteSpace) => "has white space in it; remove it",
            "whsec_" => "is only the prefix 'whsec_'; set it to the whole secret the sender shows",
            _ => null,
        };
        if (error is not null) return null;
        if (format == KeyFormat.Text) return Encoding.UTF8.GetBytes(secret);

        if (format == KeyFormat.Hex)
        {
            var bytes = new byte[secret.Length / 2];
            if (secret.Length > 0 && Convert.FromHexString(secret, bytes, out _, out _) == System.Buffers.OperationStatus.Done && secret.Length % 2 == 0) return bytes;
            error = "is not hex; set it to the key exactly as the sender shows it";
            return null;
        }

        var text = format == KeyFormat.Whsec && secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret;
        var key = new byte[text.Length];
        if (Convert.TryFromBase64String(text, key, out var length) && length > 0) return key[..length];
        error = format == KeyFormat.Base64 ? "is not base64; set it to the key exactly as the sender shows it" : "is not 'whsec_' and base64; set it to the signing secret exactly as the sender shows it";
        return null;
    }

    /// <summary>A key of these bytes.</summary>
    internal static HmacKey Of(HashAlgorithmName algorithm, byte[] key) => new(algorithm, key, null, null);

    public override string ToString() => nameof(HmacKey);

    private sealed class KeyedHashes(HashAlgorithmName algorithm, byte[] key) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHMAC(algorithm, key);

        public override bool Return(IncrementalHash obj) => true;
    }
}
