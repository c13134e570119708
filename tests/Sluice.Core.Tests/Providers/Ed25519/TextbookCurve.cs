using System.Numerics;
using System.Security.Cryptography;

namespace Sluice.Core.Tests.Providers;

/// <summary>
/// The curve by its definition, on big integers and with other formulas than ours (projective, Bernstein and others 2008): slow, and
/// with nothing in common with what it checks. It makes the points and signatures that no honest signer makes.
/// </summary>
internal static class TextbookCurve
{
    public static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;
    public static readonly BigInteger L = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);
    public static readonly BigInteger D = Mod(-121665 * Inverse(121666), P);
    public static readonly Point Identity = new(0, 1, 1);
    public static readonly Point B = Decode(Bytes(Mod(4 * Inverse(5), P)));

    /// <summary>A point of order 8: what L leaves of the first point that has such a part.</summary>
    public static readonly Point T = Enumerable.Range(2, 100).Where(y => OnCurve(y)).Select(y => Multiply(L, Decode(Bytes(y)))).First(point => !IsIdentity(Multiply(4, point)));

    /// <summary>All points of small order, in each way their bytes can be written: 14.</summary>
    public static readonly byte[][] SmallOrder = [.. Enumerable.Range(0, 8).SelectMany(i => Spellings(Multiply(i, T)))];

    public static BigInteger Mod(BigInteger value, BigInteger modulus) => BigInteger.Remainder(BigInteger.Remainder(value, modulus) + modulus, modulus);

    public static BigInteger Read(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    public static byte[] Bytes(BigInteger value)
    {
        var bytes = new byte[32];
        Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
        return bytes;
    }

    public static byte[] Encode(Point point)
    {
        var inverse = Inverse(point.Z);
        var (x, y) = (Mod(point.X * inverse, P), Mod(point.Y * inverse, P));
        return Bytes(y + (x.IsEven ? 0 : BigInteger.Pow(2, 255)));
    }

    public static Point Decode(byte[] bytes)
    {
        var y = Read(bytes) % BigInteger.Pow(2, 255) % P;
        var xx = Mod((y * y - 1) * Inverse(D * y * y + 1), P);
        var x = BigInteger.ModPow(xx, (P + 3) / 8, P);
        if (Mod(x * x - xx, P) != 0) x = x * BigInteger.ModPow(2, (P - 1) / 4, P) % P;
        Assert.Equal(xx, x * x % P);
        return new(x.IsEven == bytes[31] < 128 ? x : Mod(-x, P), y, 1);
    }

    public static bool OnCurve(BigInteger y) => BigInteger.ModPow((y * y - 1) * Inverse(D * y * y + 1) % P, (P - 1) / 2, P) is var symbol && (symbol.IsOne || symbol.IsZero);

    public static Point Add(Point p, Point q)
    {
        var a = p.Z * q.Z % P;
        var b = a * a % P;
        var c = p.X * q.X % P;
        var d = p.Y * q.Y % P;
        var e = D * c % P * d % P;
        var x = Mod(a * (b - e) % P * ((p.X + p.Y) * (q.X + q.Y) - c - d), P);
        return new(x, Mod(a * (b + e) % P * (d + c), P), Mod((b - e) * (b + e), P));
    }

    public static Point Multiply(BigInteger scalar, Point point)
    {
        var result = Identity;
        for (; scalar > 0; scalar >>= 1)
        {
            if (!scalar.IsEven) result = Add(result, point);
            point = Add(point, point);
        }

        return result;
    }

    public static bool IsIdentity(Point point) => point.X.IsZero && point.Y == point.Z;

    /// <summary>k: SHA-512 of R, A and the message, modulo L.</summary>
    public static BigInteger Challenge(byte[] r, byte[] a, byte[] message) => Read(SHA512.HashData([.. r, .. a, .. message])) % L;

    /// <summary>Each way to write a point whose y is below p or at most 18 above it; the sign on x = 0 too.</summary>
    private static IEnumerable<byte[]> Spellings(Point point)
    {
        var bytes = Encode(point);
        byte[][] ways = point.X.IsZero ? [bytes, [.. bytes[..31], (byte)(bytes[31] | 0x80)]] : [bytes];
        foreach (var way in ways)
        {
            yield return way;
            if (Read(way) % BigInteger.Pow(2, 255) < 19) yield return Bytes(Read(way) + P);
        }
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Mod(value, P), P - 2, P);

    /// <summary>x = X/Z, y = Y/Z.</summary>
    internal readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z);
}
