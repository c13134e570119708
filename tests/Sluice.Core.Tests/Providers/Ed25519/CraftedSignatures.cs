using System.Numerics;
using static Sluice.Core.Tests.Providers.TextbookCurve;

namespace Sluice.Core.Tests.Providers;

/// <summary>One signature after another, of each kind that verifiers are known to differ on.</summary>
internal sealed class CraftedSignatures(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>What a run must have seen.</summary>
    public static IReadOnlyList<string> Verdicts =>
    [
        "honest: both accept",
        "message changed: both refuse",
        "signature changed: both refuse",
        "key changed: both refuse",
        "length changed: both refuse",
        "L added to s: both refuse",
        "any s: both refuse",
        "R of small order: both refuse",
        "R of small order, by the key's owner: both accept",
        "R of small order, by the key's owner: both refuse",
        "parts of small order: both accept",
        "parts of small order: both refuse",
        "key of small order: both refuse",
        "y of p or more: both refuse",
        "noise: both refuse",
    ];

    public (string Kind, CraftedSignature Signed) Next()
    {
        var honest = Honest();
        return random.Next(13) switch
        {
            0 => ("honest", honest),
            1 => ("message changed", honest with { Message = Changed(honest.Message) }),
            2 => ("signature changed", honest with { Signature = Changed(honest.Signature) }),
            3 => ("key changed", honest with { PublicKey = Changed(honest.PublicKey) }),
            4 => ("length changed", honest with { Signature = [.. honest.Signature.Concat(new byte[64]).Take(AnyLengthButSixtyFour())] }),
            5 => ("L added to s", honest.WithS(honest.S + (L * random.Next(1, 15)))),
            6 => ("any s", honest.WithS(AnyS())),
            7 => ("R of small order", honest.WithR(SmallOrderPoint()).WithS(random.Next(2) == 0 ? 0 : AnyS())),
            8 => ("R of small order, by the key's owner", OwnersSmallR()),
            9 => ("parts of small order", CraftedSignature.Mixed(Below(L), random.Next(8), Below(L), random.Next(8), Message())),
            10 => ("key of small order", SmallKey()),
            11 => ("y of p or more", HighY(honest)),
            _ => ("noise", new(Bytes(32), Message(), Bytes(64))),
        };
    }

    private CraftedSignature Honest() => CraftedSignature.Honest(Bytes(32), Message());

    // r = 0, with a key that has a part of small order, so that the equation can hold for each such R.
    private CraftedSignature OwnersSmallR()
    {
        var a = Below(L);
        return CraftedSignature.Spelled(a, Encode(Add(Multiply(a, B), Multiply(random.Next(8), T))), 0, SmallOrderPoint(), Message());
    }

    private CraftedSignature SmallKey()
    {
        var r = Below(L);
        return CraftedSignature.Spelled(0, SmallOrderPoint(), r, Encode(Add(Multiply(r, B), Multiply(random.Next(8), T))), Message());
    }

    private CraftedSignature HighY(CraftedSignature honest)
    {
        var bytes = TextbookCurve.Bytes(P + random.Next(19));
        if (random.Next(2) == 0) bytes[31] |= 0x80;
        return random.Next(2) == 0 ? honest.WithR(bytes) : honest with { PublicKey = bytes };
    }

    private BigInteger AnyS() => random.Next(5) switch
    {
        0 => L - 1,
        1 => L + random.Next(3),
        2 => BigInteger.Pow(2, 252) + random.Next(-2, 3),
        3 => Below(L),
        _ => Below(BigInteger.Pow(2, 256)),
    };

    private byte[] SmallOrderPoint() => SmallOrder[random.Next(SmallOrder.Length)];

    private byte[] Changed(byte[] bytes) => bytes.Length == 0 ? [0] : CraftedSignature.Flip(bytes, random.Next(bytes.Length * 8));

    private int AnyLengthButSixtyFour() => random.Next(2) == 0 ? random.Next(64) : random.Next(65, 129);

    private BigInteger Below(BigInteger limit) => Read(Bytes(64)) % limit;

    private byte[] Message() => Bytes(random.Next(4) == 0 ? random.Next(2000) : random.Next(40));

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
