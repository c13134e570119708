using System.Buffers.Binary;

namespace Sluice.Providers;

/// <summary>
/// A number to multiply points with, of 256 bits; reduced means below L, the order of the generator: 2^252 + 27742317777372353535851937790883648493.
/// No operation branches or indexes on a value, but for those that say so.
/// </summary>
internal readonly struct Scalar
{
    public const int Size = 32;

    private const int Words = 4;

    private static readonly ulong[] L = [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000, 0];

    // 2^512 / L, rounded down.
    private static readonly ulong[] ReciprocalOfL = [0xed9ce5a30a2c131b, 0x2106215d086329a7, 0xffffffffffffffeb, 0xffffffffffffffff, 0xf];

    private readonly ulong w0, w1, w2, w3;

    private Scalar(ReadOnlySpan<ulong> words) => (w0, w1, w2, w3) = (words[0], words[1], words[2], words[3]);

    /// <summary>Reads a number that is below L; there is one spelling of each. Branches on the bytes, which are public.</summary>
    public static bool TryReadReduced(ReadOnlySpan<byte> bytes, out Scalar scalar)
    {
        scalar = default;
        if (bytes.Length != Size) return false;
        Span<ulong> words = stackalloc ulong[Words + 1];
        words[Words] = 0;
        ReadWords(bytes, words);
        scalar = new(words);
        return Subtract(words, L, words) != 0;
    }

    /// <summary>Reads a hash of 64 bytes, modulo L.</summary>
    public static Scalar Reduce(ReadOnlySpan<byte> hash)
    {
        Span<ulong> words = stackalloc ulong[2 * Words];
        ReadWords(hash, words);
        return Reduce(words);
    }

    /// <summary>The scalar of a private key, from the first half of the seed's hash: a multiple of 8 from 2^254 up. (RFC 8032, section 5.1.5.)</summary>
    public static Scalar Clamp(ReadOnlySpan<byte> hash)
    {
        Span<ulong> words = stackalloc ulong[Words];
        ReadWords(hash[..Size], words);
        words[0] &= ~7UL;
        words[3] = (words[3] & (ulong.MaxValue >> 1)) | (1UL << 62);
        return new(words);
    }

    /// <summary>a·b + c modulo L, for c below L.</summary>
    public static Scalar MultiplyAdd(in Scalar a, in Scalar b, in Scalar c)
    {
        Span<ulong> product = stackalloc ulong[2 * Words];
        Multiply([a.w0, a.w1, a.w2, a.w3], [b.w0, b.w1, b.w2, b.w3], product);
        ReadOnlySpan<ulong> addend = [c.w0, c.w1, c.w2, c.w3, 0, 0, 0, 0];
        var carry = UInt128.Zero;
        for (var i = 0; i < product.Length; i++)
        {
            carry += (UInt128)product[i] + addend[i];
            product[i] = (ulong)carry;
            carry >>= 64;
        }

        return Reduce(product);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, w0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], w1);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], w2);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], w3);
    }

    /// <summary>
    /// Writes the number as 256 digits, one for each bit, of which at most one in a window is not zero, and that one odd and of the
    /// window's size: the fewest additions. For reduced, public numbers.
    /// </summary>
    public void WriteOddDigits(int window, Span<sbyte> digits)
    {
        ReadOnlySpan<ulong> words = [w0, w1, w2, w3, 0];
        digits.Clear();
        var carry = 0;
        for (var bit = 0; bit < digits.Length;)
        {
            var (word, shift) = (bit / 64, bit % 64);
            var bits = words[word] >> shift;
            if (shift != 0) bits |= words[word + 1] << (64 - shift);
            var digit = carry + (int)(bits & ((1UL << window) - 1));
            if ((digit & 1) == 0)
            {
                bit++;
                continue;
            }

            carry = digit >> (window - 1);
            digits[bit] = (sbyte)(digit - (carry << window));
            bit += window;
        }
    }

    /// <summary>Writes the number, which is below 2^255, as 64 digits from -8 to 8.</summary>
    public void WriteSignedNibbles(Span<sbyte> digits)
    {
        ReadOnlySpan<ulong> words = [w0, w1, w2, w3];
        var carry = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = (int)((words[i / 16] >> (i % 16 * 4)) & 15) + carry;
            carry = i < digits.Length - 1 ? (digit + 8) >> 4 : 0;
            digits[i] = (sbyte)(digit - (carry << 4));
        }
    }

    // Barrett's: the quotient by multiplying with the reciprocal. It is at most one too small, because what the reciprocal leaves out
    // (0.225) and what the low words of x would add (2^-60) are less than one together.
    private static Scalar Reduce(ReadOnlySpan<ulong> x)
    {
        Span<ulong> quotient = stackalloc ulong[2 * (Words + 1)];
        Multiply(x[(Words - 1)..], ReciprocalOfL, quotient);
        Span<ulong> multiple = stackalloc ulong[2 * (Words + 1)];
        Multiply(quotient[(Words + 1)..], L, multiple);
        Span<ulong> rest = stackalloc ulong[Words + 1];
        Subtract(x[..(Words + 1)], multiple, rest);

        Span<ulong> less = stackalloc ulong[Words + 1];
        var keep = Subtract(rest, L, less);
        for (var i = 0; i < rest.Length; i++) rest[i] = less[i] ^ (keep & (less[i] ^ rest[i]));
        return new(rest);
    }

    // a - b modulo 2^(64 · length); all ones if that went below zero, else zero.
    private static ulong Subtract(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> difference)
    {
        var borrow = 0UL;
        for (var i = 0; i < difference.Length; i++)
        {
            var word = (UInt128)a[i] - b[i] - borrow;
            difference[i] = (ulong)word;
            borrow = (ulong)(word >> 64) & 1;
        }

        return 0 - borrow;
    }

    private static void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> product)
    {
        product.Clear();
        for (var i = 0; i < a.Length; i++)
        {
            var carry = 0UL;
            for (var j = 0; j < b.Length; j++)
            {
                var word = Math.BigMul(a[i], b[j]) + product[i + j] + carry;
                product[i + j] = (ulong)word;
                carry = (ulong)(word >> 64);
            }

            product[i + b.Length] = carry;
        }
    }

    private static void ReadWords(ReadOnlySpan<byte> bytes, Span<ulong> words)
    {
        for (var i = 0; i < bytes.Length / 8; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
    }
}
