using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Providers;

/// <summary>
/// Ed25519 signatures as in RFC 8032, section 5.1: pure, without context or prehash.
/// <para>
/// A signature is accepted if its s is below L and sB - kA, encoded, is its R, byte for byte. That is the equation without the
/// cofactor, as ref10, OpenSSL, Node and Go check it (section 5.1.7 allows it); an R in another spelling than its point's one never
/// fits. What OpenSSL accepts is accepted, parts of small order in A and R too, but for two kinds of public key:
/// </para>
/// <list type="bullet">
/// <item>points of small order, all zeros among them: one signature would fit many messages, and nobody has such a key honestly;</item>
/// <item>y of p or more, and a sign on x = 0: section 5.1.3 does not decode them, and a key has one spelling.</item>
/// </list>
/// <para>
/// Checking takes time that depends on its arguments, which are public. Signing takes no branch and reads no memory by a secret; but
/// nothing holds the JIT compiler to that, copies of secrets on the stack are not all erased, and neither power nor faults were thought of.
/// </para>
/// </summary>
public static class Ed25519
{
    public const int PublicKeySize = FieldElement.Size;
    public const int SeedSize = 32;
    public const int SignatureSize = FieldElement.Size + Scalar.Size;

    private const int HashSize = SHA512.HashSizeInBytes;

    private static readonly DefaultObjectPool<IncrementalHash> Hashes = new(new Sha512Hashes(), maximumRetained: 64);

    /// <summary>Checks one signature. For many with one key, make an <see cref="Ed25519PublicKey"/>.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!Ed25519PublicKey.TryDecode(publicKey, out var point)) return false;
        Span<Addend> multiples = stackalloc Addend[MultipleTable.KeyAddends];
        MultipleTable.FillOdd(point, multiples);
        return Ed25519PublicKey.Verify(publicKey, multiples, message, [], signature);
    }

    /// <summary>The public key of a private one, which is its seed of 32 bytes.</summary>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        Span<byte> expanded = stackalloc byte[HashSize];
        var publicKey = new byte[PublicKeySize];
        MultipleTable.SecretMultiple(Expand(seed, expanded)).Encode(publicKey);
        CryptographicOperations.ZeroMemory(expanded);
        return publicKey;
    }

    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message) => Sign(seed, message, []);

    /// <summary>Signs a message in two parts.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest)
    {
        Span<byte> expanded = stackalloc byte[HashSize];
        Span<byte> publicKey = stackalloc byte[PublicKeySize];
        var secret = Expand(seed, expanded);
        // Made anew each time: with a public key that is not the seed's, two signatures would give the secret away.
        MultipleTable.SecretMultiple(secret).Encode(publicKey);

        var signature = new byte[SignatureSize];
        var r = signature.AsSpan(0, FieldElement.Size);
        var nonce = HashToScalar(expanded[Scalar.Size..], [], start, rest);
        MultipleTable.SecretMultiple(nonce).Encode(r);
        Scalar.MultiplyAdd(HashToScalar(r, publicKey, start, rest), secret, nonce).Write(signature.AsSpan(FieldElement.Size));
        CryptographicOperations.ZeroMemory(expanded);
        return signature;
    }

    /// <summary>SHA-512 of all of them, one after the other, modulo L.</summary>
    internal static Scalar HashToScalar(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest)
    {
        Span<byte> bytes = stackalloc byte[HashSize];
        var hash = Hashes.Get();
        hash.AppendData(first);
        hash.AppendData(second);
        hash.AppendData(start);
        hash.AppendData(rest);
        hash.GetHashAndReset(bytes);
        Hashes.Return(hash);
        return Scalar.Reduce(bytes);
    }

    private static Scalar Expand(ReadOnlySpan<byte> seed, Span<byte> expanded)
    {
        if (seed.Length != SeedSize) throw new ArgumentException($"a seed has {SeedSize} bytes, not {seed.Length}", nameof(seed));
        SHA512.HashData(seed, expanded);
        return Scalar.Clamp(expanded);
    }

    private sealed class Sha512Hashes : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

        public override bool Return(IncrementalHash obj) => true;
    }
}
