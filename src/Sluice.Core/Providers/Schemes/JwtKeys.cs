using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Sluice.Providers;

/// <summary>Public keys for tokens: only such as fit the algorithm, of ordinary sizes.</summary>
internal static class JwtKeys
{
    private const int Most = 32;

    /// <summary>Reads a key's text; null with what is wrong.</summary>
    public static (SecurityKey? Key, string? Error) Read(string text, string algorithm)
    {
        if (KeyText.ReadPublic(text, out var error) is not { } read) return (null, error);
        if (algorithm == "ES256")
        {
            if (EcdsaKey.TryCreate(read.Bytes) is null) return (null, "is no public key of the curve P-256; set it to the key exactly as the sender shows it");
            var point = read.Bytes.AsSpan()[^64..];
            return (Of(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() } }, null), null);
        }

        return RsaKey.TryCreate(read.Bytes) is { } key ? (new RsaSecurityKey(key.Parameters), null) : (null, $"is {RsaKey.Wanted}; set it to the key exactly as the sender shows it");
    }

    /// <summary>The usable keys of a set (RFC 7517); null when it is none. A key of another kind or use, or one that cannot be read, is passed over.</summary>
    public static IReadOnlyList<DatedKey<SecurityKey>>? ReadSet(byte[] json, string algorithm) => JsonAt.Items(json, "keys") is { } keys
        ? [.. keys.Select(ReadKey).OfType<JsonWebKey>().Where(key => key.Use is null or "" or "sig" && (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm)).Select(key => Read(key, algorithm)).OfType<SecurityKey>().Take(Most).Select(key => new DatedKey<SecurityKey>(key))]
        : null;

    private static JsonWebKey? ReadKey(ReadOnlyMemory<byte> json)
    {
        try
        {
            return new JsonWebKey(Encoding.UTF8.GetString(json.Span));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or CryptographicException or System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SecurityKey? Read(JsonWebKey key, string algorithm)
    {
        try
        {
            if (algorithm == "ES256")
            {
                if (key is not { Kty: "EC", Crv: "P-256", X: not null, Y: not null }) return null;
                return Of(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) } }, key.Kid);
            }

            if (key is not { Kty: "RSA", N: not null, E: not null }) return null;
            var parameters = new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(key.N), Exponent = Base64UrlEncoder.DecodeBytes(key.E) };
            return RsaKey.IsOrdinary(parameters) ? new RsaSecurityKey(parameters) { KeyId = key.Kid } : null;
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    // The finalizer frees it: it lives as long as its source does.
    private static ECDsaSecurityKey Of(ECParameters parameters, string? id) => new(ECDsa.Create(parameters)) { KeyId = id };
}
