using System.Diagnostics.CodeAnalysis;

namespace Sluice.Providers;

/// <summary>
/// A public key made ready: decoded, looked at once, and with the multiples that each check adds up. Checks allocate nothing and may
/// run side by side. For what is accepted see <see cref="Ed25519"/>.
/// </summary>
public sealed class Ed25519PublicKey
{
    private readonly byte[] bytes;
    private readonly Addend[] multiples = new Addend[MultipleTable.KeyAddends];

    private Ed25519PublicKey(ReadOnlySpan<byte> bytes, in Point point)
    {
        this.bytes = bytes.ToArray();
        MultipleTable.FillOdd(point, multiples);
    }

    /// <summary>False for what is no key: not 32 bytes, not the one spelling of a point of the curve, or a point of small order (all zeros too).</summary>
    public static bool TryCreate(ReadOnlySpan<byte> publicKey, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = TryDecode(publicKey, out var point) ? new(publicKey, point) : null;
        return key is not null;
    }

    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => Verify(message, [], signature);

    /// <summary>Checks a signature over a message in two parts, so that a body need not be copied behind the time that is signed with it.</summary>
    public bool Verify(ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> signature) => Verify(bytes, multiples, start, rest, signature);

    public override string ToString() => Convert.ToHexStringLower(bytes);

    internal static bool TryDecode(ReadOnlySpan<byte> publicKey, out Point point) => Point.TryDecode(publicKey, out point) && !point.IsOfSmallOrder;

    // R is what sB - kA gives, byte for byte; nobody decodes the R of the signature.
    internal static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<Addend> multiples, ReadOnlySpan<byte> start, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Ed25519.SignatureSize || !Scalar.TryReadReduced(signature[FieldElement.Size..], out var s)) return false;
        var r = signature[..FieldElement.Size];
        var k = Ed25519.HashToScalar(r, publicKey, start, rest);
        Span<byte> expected = stackalloc byte[FieldElement.Size];
        MultipleTable.Difference(s, k, multiples).Encode(expected);
        return r.SequenceEqual(expected);
    }
}
