using System.Numerics;
using Sluice.Providers;
using static Sluice.Core.Tests.Providers.TextbookCurve;

namespace Sluice.Core.Tests.Providers;

/// <summary>Fields, scalars and points against big integers: at the edges, where limbs carry, and at random.</summary>
public sealed class ArithmeticTests
{
    private static readonly Random Numbers = new(25519);

    private static readonly BigInteger[] FieldValues =
    [
        0, 1, 2, 18, 19, 20, P - 1, P - 2, P - 19, BigInteger.Pow(2, 51) - 1, BigInteger.Pow(2, 51), BigInteger.Pow(2, 204), BigInteger.Pow(2, 254),
        // Not below p: reading reduces.
        P, P + 1, BigInteger.Pow(2, 255) - 1,
        .. Enumerable.Range(0, 40).Select(_ => RandomBelow(BigInteger.Pow(2, 255))),
    ];

    [Fact]
    public void Field_elements_add_subtract_and_multiply_as_numbers_modulo_p()
    {
        foreach (var a in FieldValues)
        {
            foreach (var b in FieldValues)
            {
                var (x, y) = (FieldElement.Read(Bytes(a)), FieldElement.Read(Bytes(b)));
                Same(a + b, x + y);
                Same(a - b, x - y);
                Same(a * b, x * y);
                // As large as limbs become without a carry.
                Same(4 * (a + b) * (a + b), (x + y + (x + y)) * (x + y + (y + x)));
                Same(4 * (a + b) * (a + b), (x + y + (y + x)).Square());
                Same(2 * (a - b - a - b), x - y - (x + y) + (x - y - (x + y)));
            }
        }
    }

    [Fact]
    public void Field_elements_square_invert_and_compare_as_numbers_modulo_p()
    {
        foreach (var a in FieldValues)
        {
            var x = FieldElement.Read(Bytes(a));
            Same(a * a, x.Square());
            Same(-a, -x);
            Same(BigInteger.ModPow(a, P - 2, P), x.Invert());
            Same(BigInteger.ModPow(a, (P - 5) / 8, P), x.PowerP58());
            Assert.Equal(a % P == 0, x.IsZero);
            Assert.Equal(!(a % P).IsEven, x.IsNegative);
            Same(a, x.Or(FieldElement.One, 0));
            Same(1, x.Or(FieldElement.One, ulong.MaxValue));
        }

        Same(P - 1, FieldElement.RootOfMinusOne.Square());
    }

    [Fact]
    public void A_hash_is_reduced_modulo_L()
    {
        var most = BigInteger.Pow(2, 512) - 1;
        var quotients = Enumerable.Range(0, 2000).Select(_ => RandomBelow(most / L)).Concat([0, 1, 2, (most / L) - 1]);
        var values = quotients.SelectMany(q => new[] { q * L, (q * L) + 1, (q * L) + L - 1, (q * L) + RandomBelow(L) }).Append(most);
        foreach (var value in values)
        {
            var hash = new byte[64];
            Assert.True(value.TryWriteBytes(hash, out _, isUnsigned: true));
            Same(value % L, Scalar.Reduce(hash));
        }
    }

    [Fact]
    public void Scalars_multiply_and_add_modulo_L()
    {
        var values = Enumerable.Range(0, 30).Select(_ => RandomBelow(L)).Concat([0, 1, L - 1]).ToArray();
        foreach (var a in values)
        {
            var hash = Bytes(a).Concat(new byte[32]).ToArray();
            var clamped = Scalar.Clamp(hash);
            var b = (a - (a % 8)) % BigInteger.Pow(2, 254) + BigInteger.Pow(2, 254);
            Same(b, clamped);
            foreach (var c in values) Same(((a * b) + c) % L, Scalar.MultiplyAdd(Reduced(a), clamped, Reduced(c)));
        }
    }

    [Theory, InlineData(5), InlineData(7)]
    public void Odd_digits_add_up_to_the_scalar(int window)
    {
        foreach (var value in Enumerable.Range(0, 500).Select(_ => RandomBelow(L)).Concat([0, 1, L - 1, BigInteger.Pow(2, 252), BigInteger.Pow(2, 252) - 1]))
        {
            var digits = new sbyte[256];
            Reduced(value).WriteOddDigits(window, digits);
            Assert.Equal(value, digits.Select((digit, bit) => digit * BigInteger.Pow(2, bit)).Aggregate(BigInteger.Add));
            Assert.All(digits.Where(digit => digit != 0), digit => Assert.True(digit % 2 != 0 && Math.Abs((int)digit) < 1 << (window - 1)));
        }
    }

    [Fact]
    public void Signed_nibbles_add_up_to_the_scalar()
    {
        foreach (var value in Enumerable.Range(0, 500).Select(_ => RandomBelow(L)).Concat([0, 1, L - 1, BigInteger.Pow(2, 252), BigInteger.Pow(2, 252) - 1]))
        {
            Check(Reduced(value), value);
            var clamped = Scalar.Clamp([.. Bytes(BigInteger.Pow(2, 256) - 1 - value), .. new byte[32]]);
            Check(clamped, Read(Written(clamped)));
        }

        static void Check(Scalar scalar, BigInteger value)
        {
            var digits = new sbyte[64];
            scalar.WriteSignedNibbles(digits);
            Assert.Equal(value, digits.Select((digit, nibble) => digit * BigInteger.Pow(16, nibble)).Aggregate(BigInteger.Add));
            Assert.All(digits, digit => Assert.InRange(digit, -8, 8));
        }
    }

    [Fact]
    public void Points_decode_add_and_double_as_by_the_textbook()
    {
        var points = Enumerable.Range(0, 8).Select(i => Multiply(i, T)).Concat(Enumerable.Range(1, 8).Select(_ => Multiply(RandomBelow(8 * L), Add(B, T)))).ToArray();
        foreach (var p in points)
        {
            Assert.True(Sluice.Providers.Point.TryDecode(Encode(p), out var ours));
            Assert.Equal(IsIdentity(Multiply(8, p)), ours.IsOfSmallOrder);
            Same(Add(p, p), ours.Double());
            foreach (var q in points)
            {
                Assert.True(Sluice.Providers.Point.TryDecode(Encode(q), out var other));
                Same(Add(p, q), ours + other);
                Same(Add(p, q), ours.Double() + other.ToAddend(FieldElement.One) - ours.ToAddend(FieldElement.One));
            }
        }
    }

    [Fact]
    public void The_generator_is_multiplied_as_by_the_textbook()
    {
        BigInteger[] edges = [0, 1, 2, 7, 8, 9, 15, 16, BigInteger.Pow(2, 64), BigInteger.Pow(2, 192) - 1, L - 1];
        foreach (var s in edges.Concat(Enumerable.Range(0, 20).Select(_ => RandomBelow(L)))) Same(Multiply(s, B), MultipleTable.SecretMultiple(Reduced(s)));
    }

    [Fact]
    public void A_difference_of_multiples_is_as_by_the_textbook()
    {
        for (var i = 0; i < 20; i++)
        {
            var (s, k) = (RandomBelow(L), RandomBelow(L));
            var a = Multiply(RandomBelow(8 * L), Add(B, T));
            Assert.True(Sluice.Providers.Point.TryDecode(Encode(a), out var ours));
            var table = new Addend[MultipleTable.KeyAddends];
            MultipleTable.FillOdd(ours, table);
            Same(Add(Multiply(s, B), Multiply((8 * L) - k, a)), MultipleTable.Difference(Reduced(s), Reduced(k), table));
        }
    }

    private static BigInteger RandomBelow(BigInteger limit)
    {
        var bytes = new byte[80];
        Numbers.NextBytes(bytes);
        return Read(bytes) % limit;
    }

    private static Scalar Reduced(BigInteger value)
    {
        Assert.True(Scalar.TryReadReduced(Bytes(value), out var scalar));
        return scalar;
    }

    private static byte[] Written(Scalar scalar)
    {
        var bytes = new byte[32];
        scalar.Write(bytes);
        return bytes;
    }

    private static void Same(BigInteger expected, FieldElement actual)
    {
        Span<byte> bytes = stackalloc byte[32];
        actual.Write(bytes);
        Assert.Equal(Mod(expected, P), Read(bytes));
    }

    private static void Same(BigInteger expected, Scalar actual) => Assert.Equal(expected, Read(Written(actual)));

    private static void Same(TextbookCurve.Point expected, Sluice.Providers.Point actual)
    {
        var bytes = new byte[32];
        actual.Encode(bytes);
        Assert.Equal(Encode(expected), bytes);
    }
}
