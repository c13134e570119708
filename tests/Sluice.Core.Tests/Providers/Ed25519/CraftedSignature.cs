using System.Numerics;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>A key, a message and what is said to be its signature: from a signer who follows the rules, or from one who does not.</summary>
internal sealed record CraftedSignature(byte[] PublicKey, byte[] Message, byte[] Signature)
{
    public static CraftedSignature Honest(byte[] seed, byte[] message) => new(Ed25519.PublicKey(seed), message, Ed25519.Sign(seed, message));

    /// <summary>
    /// A = aB + iT and R = rB + jT, T of order 8, with the s that fits but for the parts of small order: sB = R + kA holds
    /// just where j + ki is a multiple of 8. With a = 0 or r = 0 the point is of small order.
    /// </summary>
    public static CraftedSignature Mixed(BigInteger a, int i, BigInteger r, int j, byte[] message) =>
        Spelled(a, TextbookCurve.Encode(Sum(a, i)), r, TextbookCurve.Encode(Sum(r, j)), message);

    /// <summary>The same with A and R written as given.</summary>
    public static CraftedSignature Spelled(BigInteger a, byte[] publicKey, BigInteger r, byte[] encodedR, byte[] message)
    {
        var k = TextbookCurve.Challenge(encodedR, publicKey, message);
        return new(publicKey, message, [.. encodedR, .. TextbookCurve.Bytes((r + (k * a)) % TextbookCurve.L)]);
    }

    public BigInteger S => TextbookCurve.Read(Signature.AsSpan(32));

    public byte[] R => Signature[..32];

    public CraftedSignature WithS(BigInteger s) => this with { Signature = [.. R, .. TextbookCurve.Bytes(s)] };

    public CraftedSignature WithR(byte[] r) => this with { Signature = [.. r, .. Signature[32..]] };

    /// <summary>The verdict, which every way to ask gives.</summary>
    public bool IsAccepted()
    {
        var verdict = Ed25519.Verify(PublicKey, Message, Signature);
        var isKey = Ed25519PublicKey.TryCreate(PublicKey, out var key);
        Assert.Equal(verdict, isKey && key!.Verify(Message, Signature));
        var middle = Message.Length / 2;
        Assert.Equal(verdict, isKey && key!.Verify(Message.AsSpan(0, middle), Message.AsSpan(middle), Signature));
        return verdict;
    }

    public static byte[] Flip(byte[] bytes, int bit)
    {
        var flipped = bytes.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static TextbookCurve.Point Sum(BigInteger ofB, int ofT) => TextbookCurve.Add(TextbookCurve.Multiply(ofB, TextbookCurve.B), TextbookCurve.Multiply(ofT, TextbookCurve.T));
}
