using System.Buffers.Binary;

namespace Sluice.Providers;

/// <summary>
/// A number modulo p = 2^255 - 19, in five limbs of 51 bits and some room above: a sum is not carried. Products and differences take
/// limbs up to 2^54 and leave them hardly above 2^51, so that sums of up to four of those go in as they are. No operation branches or
/// indexes on a value, but for those that say so.
/// </summary>
internal readonly struct FieldElement
{
    public const int Size = 32;

    private const ulong Mask = (1UL << 51) - 1;

    private readonly ulong l0, l1, l2, l3, l4;

    private FieldElement(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => (this.l0, this.l1, this.l2, this.l3, this.l4) = (l0, l1, l2, l3, l4);

    public static FieldElement Zero => default;

    public static FieldElement One => Small(1);

    /// <summary>A square root of -1: 2^((p-1)/4).</summary>
    public static FieldElement RootOfMinusOne { get; } = Small(2).PowerP58().Square() * Small(2);

    /// <summary>Whether the little-endian bytes say odd, which is the sign RFC 8032 gives a number.</summary>
    public bool IsNegative
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return (bytes[0] & 1) != 0;
        }
    }

    /// <summary>Takes time that may tell of the value.</summary>
    public bool IsZero
    {
        get
        {
            Span<byte> bytes = stackalloc byte[Size];
            Write(bytes);
            return !bytes.ContainsAnyExcept((byte)0);
        }
    }

    public static FieldElement operator +(in FieldElement a, in FieldElement b) => new(a.l0 + b.l0, a.l1 + b.l1, a.l2 + b.l2, a.l3 + b.l3, a.l4 + b.l4);

    // 16p is added, so that no limb goes below zero.
    public static FieldElement operator -(in FieldElement a, in FieldElement b) => Carry(
        a.l0 + ((Mask - 18) << 4) - b.l0,
        a.l1 + (Mask << 4) - b.l1,
        a.l2 + (Mask << 4) - b.l2,
        a.l3 + (Mask << 4) - b.l3,
        a.l4 + (Mask << 4) - b.l4);

    public static FieldElement operator -(in FieldElement a) => Zero - a;

    public static FieldElement operator *(in FieldElement a, in FieldElement b)
    {
        ulong a0 = a.l0, a1 = a.l1, a2 = a.l2, a3 = a.l3, a4 = a.l4;
        ulong b0 = b.l0, b1 = b.l1, b2 = b.l2, b3 = b.l3, b4 = b.l4;
        // What passes 2^255 comes back times 19.
        ulong c1 = b1 * 19, c2 = b2 * 19, c3 = b3 * 19, c4 = b4 * 19;
        return Carry(
            Math.BigMul(a0, b0) + Math.BigMul(a1, c4) + Math.BigMul(a2, c3) + Math.BigMul(a3, c2) + Math.BigMul(a4, c1),
            Math.BigMul(a0, b1) + Math.BigMul(a1, b0) + Math.BigMul(a2, c4) + Math.BigMul(a3, c3) + Math.BigMul(a4, c2),
            Math.BigMul(a0, b2) + Math.BigMul(a1, b1) + Math.BigMul(a2, b0) + Math.BigMul(a3, c4) + Math.BigMul(a4, c3),
            Math.BigMul(a0, b3) + Math.BigMul(a1, b2) + Math.BigMul(a2, b1) + Math.BigMul(a3, b0) + Math.BigMul(a4, c4),
            Math.BigMul(a0, b4) + Math.BigMul(a1, b3) + Math.BigMul(a2, b2) + Math.BigMul(a3, b1) + Math.BigMul(a4, b0));
    }

    public FieldElement Square()
    {
        ulong a0 = l0, a1 = l1, a2 = l2, a3 = l3, a4 = l4;
        ulong d0 = a0 * 2, d1 = a1 * 2, d2 = a2 * 2, c3 = a3 * 19, c4 = a4 * 19;
        return Carry(
            Math.BigMul(a0, a0) + Math.BigMul(d1, c4) + Math.BigMul(d2, c3),
            Math.BigMul(d0, a1) + Math.BigMul(d2, c4) + Math.BigMul(a3, c3),
            Math.BigMul(d0, a2) + Math.BigMul(a1, a1) + Math.BigMul(a3 * 2, c4),
            Math.BigMul(d0, a3) + Math.BigMul(d1, a2) + Math.BigMul(a4, c4),
            Math.BigMul(d0, a4) + Math.BigMul(d1, a3) + Math.BigMul(a2, a2));
    }

    /// <summary>1 divided by this: this^(p-2). Zero gives zero.</summary>
    public FieldElement Invert()
    {
        var power = Power250(out var power11);
        return power.Square(5) * power11;
    }

    /// <summary>This^((p-5)/8), from which roots are made.</summary>
    public FieldElement PowerP58()
    {
        var power = Power250(out _);
        return power.Square(2) * this;
    }

    /// <summary>This where the mask is zero, the other where it is all ones.</summary>
    public FieldElement Or(in FieldElement other, ulong mask) => new(
        l0 ^ (mask & (l0 ^ other.l0)),
        l1 ^ (mask & (l1 ^ other.l1)),
        l2 ^ (mask & (l2 ^ other.l2)),
        l3 ^ (mask & (l3 ^ other.l3)),
        l4 ^ (mask & (l4 ^ other.l4)));

    public static FieldElement Small(uint value) => new(value, 0, 0, 0, 0);

    /// <summary>Reads 255 bits, little-endian; the 256th is not looked at. What is p or more is reduced.</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes)
    {
        var w0 = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        var w1 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
        var w2 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        var w3 = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
        return new(w0 & Mask, ((w0 >> 51) | (w1 << 13)) & Mask, ((w1 >> 38) | (w2 << 26)) & Mask, ((w2 >> 25) | (w3 << 39)) & Mask, (w3 >> 12) & Mask);
    }

    /// <summary>Writes the one number below p, little-endian.</summary>
    public void Write(Span<byte> bytes)
    {
        var a = Carry(l0, l1, l2, l3, l4);
        // Now below 2p: what 19 more would carry out of 2^255 says whether p is to be taken away.
        var carry = (a.l0 + 19) >> 51;
        carry = (a.l1 + carry) >> 51;
        carry = (a.l2 + carry) >> 51;
        carry = (a.l3 + carry) >> 51;
        carry = (a.l4 + carry) >> 51;

        var r0 = a.l0 + (carry * 19);
        var r1 = a.l1 + (r0 >> 51);
        var r2 = a.l2 + (r1 >> 51);
        var r3 = a.l3 + (r2 >> 51);
        var r4 = a.l4 + (r3 >> 51);
        (r0, r1, r2, r3, r4) = (r0 & Mask, r1 & Mask, r2 & Mask, r3 & Mask, r4 & Mask);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, r0 | (r1 << 51));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], (r1 >> 13) | (r2 << 38));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], (r2 >> 26) | (r3 << 25));
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], (r3 >> 39) | (r4 << 12));
    }

    private FieldElement Square(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++) result = result.Square();
        return result;
    }

    // This^(2^250 - 1), and this^11 on the way.
    private FieldElement Power250(out FieldElement power11)
    {
        var power2 = Square();
        var power9 = power2.Square(2) * this;
        power11 = power9 * power2;
        var ones5 = power11.Square() * power9;
        var ones10 = ones5.Square(5) * ones5;
        var ones20 = ones10.Square(10) * ones10;
        var ones40 = ones20.Square(20) * ones20;
        var ones50 = ones40.Square(10) * ones10;
        var ones100 = ones50.Square(50) * ones50;
        var ones200 = ones100.Square(100) * ones100;
        return ones200.Square(50) * ones50;
    }

    private static FieldElement Carry(ulong r0, ulong r1, ulong r2, ulong r3, ulong r4) => new(
        (r0 & Mask) + ((r4 >> 51) * 19),
        (r1 & Mask) + (r0 >> 51),
        (r2 & Mask) + (r1 >> 51),
        (r3 & Mask) + (r2 >> 51),
        (r4 & Mask) + (r3 >> 51));

    private static FieldElement Carry(UInt128 r0, UInt128 r1, UInt128 r2, UInt128 r3, UInt128 r4)
    {
        r1 += (ulong)(r0 >> 51);
        r2 += (ulong)(r1 >> 51);
        r3 += (ulong)(r2 >> 51);
        r4 += (ulong)(r3 >> 51);
        var first = ((ulong)r0 & Mask) + ((ulong)(r4 >> 51) * 19);
        return new(first & Mask, ((ulong)r1 & Mask) + (first >> 51), (ulong)r2 & Mask, (ulong)r3 & Mask, (ulong)r4 & Mask);
    }
}
