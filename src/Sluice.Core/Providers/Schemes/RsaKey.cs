using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Providers;

/// <summary>An RSA public key of 2048 to 8192 bits with an ordinary exponent: nobody can make a check expensive or a signature cheap.</summary>
public sealed class RsaKey
{
    public const string Wanted = "no RSA public key of 2048 to 8192 bits";

    private readonly int size;

    // The runtime does not promise that one instance serves several threads.
    private readonly DefaultObjectPool<RSA> keys;

    private RsaKey(RSAParameters parameters)
    {
        Parameters = parameters;
        size = parameters.Modulus!.Length;
        keys = new DefaultObjectPool<RSA>(new Instances(parameters), maximumRetained: 16);
    }

    internal RSAParameters Parameters { get; }

    /// <summary>Reads SubjectPublicKeyInfo or the key of PKCS#1; null for anything else.</summary>
    public static RsaKey? TryCreate(ReadOnlySpan<byte> bytes)
    {
        using var key = RSA.Create();
        return (Imported(bytes, key.ImportSubjectPublicKeyInfo) || Imported(bytes, key.ImportRSAPublicKey)) ? TryCreate(key) : null;
    }

    public static RsaKey? TryCreate(RSA key)
    {
        var parameters = key.ExportParameters(false);
        return IsOrdinary(parameters) ? new RsaKey(parameters) : null;
    }

    /// <summary>Reads a key's text; null with what is wrong.</summary>
    public static (RsaKey? Key, string? Error) Read(string text) =>
        KeyText.ReadPublic(text, out var error) is not { } read ? (null, error)
        : TryCreate(read.Bytes) is { } key ? (key, null)
        : (null, $"is {Wanted}; set it to the key exactly as the sender shows it");

    /// <summary>PKCS#1 v1.5. Must not throw, whatever the signature is.</summary>
    public bool Verify(ReadOnlySpan<byte> hash, HashAlgorithmName algorithm, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != size) return false;
        var key = keys.Get();
        try
        {
            return key.VerifyHash(hash, signature, algorithm, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            keys.Return(key);
        }
    }

    public override string ToString() => nameof(RsaKey);

    internal static bool IsOrdinary(RSAParameters parameters) =>
        parameters is { Modulus: { Length: >= 256 and <= 1024 } modulus, Exponent: { Length: >= 1 and <= 4 } exponent }
        && modulus[0] >= 0x80 && (exponent[^1] & 1) == 1 && exponent is not [1];

    private delegate void Import(ReadOnlySpan<byte> bytes, out int read);

    private static bool Imported(ReadOnlySpan<byte> bytes, Import import)
    {
        try
        {
            import(bytes, out var read);
            return read == bytes.Length;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private sealed class Instances(RSAParameters parameters) : PooledObjectPolicy<RSA>
    {
        public override RSA Create() => RSA.Create(parameters);

        public override bool Return(RSA obj) => true;
    }
}
