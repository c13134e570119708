using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Sluice.Providers;

/// <summary>
/// A public key of the curve P-256. Signatures are read strictly: DER in its one spelling, r and s from 1 to below the order of the curve.
/// A high s is accepted: senders do not lower it, and nothing here depends on a signature having one spelling.
/// </summary>
public sealed class EcdsaKey
{
    private const int Size = 32;

    private static readonly byte[] Order = Convert.FromHexString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

    // What stands before the uncompressed point in SubjectPublicKeyInfo: the curve is named in it, and no other is taken.
    private static readonly byte[] PublicKeyStart = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d030107034200");

    // The runtime does not promise that one instance serves several threads.
    private readonly DefaultObjectPool<ECDsa> keys;

    private EcdsaKey(ECParameters parameters) => keys = new DefaultObjectPool<ECDsa>(new Instances(parameters), maximumRetained: 16);

    /// <summary>Reads SubjectPublicKeyInfo, or the uncompressed point alone; null for anything else, and for a point that is not on the curve.</summary>
    public static EcdsaKey? TryCreate(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(PublicKeyStart)) bytes = bytes[PublicKeyStart.Length..];
        if (bytes.Length != 1 + (2 * Size) || bytes[0] != 4) return null;
        var parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = bytes[1..(1 + Size)].ToArray(), Y = bytes[(1 + Size)..].ToArray() } };
        try
        {
            ECDsa.Create(parameters).Dispose();
            return new EcdsaKey(parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether the signature is over both parts, one behind the other.</summary>
    public bool Verify(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> signature)
    {
        Span<byte> plain = stackalloc byte[2 * Size];
        if (!TryReadDer(signature, plain)) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hashes.Sha256(start, rest, hash);
        var key = keys.Get();
        try
        {
            return key.VerifyHash(hash, plain, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
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

    public override string ToString() => nameof(EcdsaKey);

    /// <summary>SEQUENCE of two INTEGERs, each as short as it can be, with nothing behind; into r and s of 32 bytes.</summary>
    private static bool TryReadDer(ReadOnlySpan<byte> der, Span<byte> plain)
    {
        plain.Clear();
        // The longest has 70 bytes of content: every length is one byte.
        if (der.Length is < 8 or > 72 || der[0] != 0x30 || der[1] != der.Length - 2) return false;
        der = der[2..];
        return TryReadNumber(ref der, plain[..Size]) && TryReadNumber(ref der, plain[Size..]) && der.IsEmpty;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> der, Span<byte> number)
    {
        if (der.Length < 3 || der[0] != 2 || der[1] is 0 or > Size + 1 || der.Length < 2 + der[1]) return false;
        var value = der.Slice(2, der[1]);
        der = der[(2 + value.Length)..];
        if (value[0] >= 0x80) return false;
        if (value[0] == 0)
        {
            if (value.Length == 1 || value[1] < 0x80) return false;
            value = value[1..];
        }

        if (value.Length > Size) return false;
        value.CopyTo(number[(Size - value.Length)..]);
        return number.SequenceCompareTo(Order) < 0;
    }

    private sealed class Instances(ECParameters parameters) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create() => ECDsa.Create(parameters);

        public override bool Return(ECDsa obj) => true;
    }
}
