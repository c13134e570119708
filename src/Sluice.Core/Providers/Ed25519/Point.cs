namespace Sluice.Providers;

/// <summary>
/// A point of the curve -x² + y² = 1 + dx²y² in extended coordinates: x = X/Z, y = Y/Z, xy = T/Z. The formulas are complete:
/// they hold for every pair of points, of whatever order (Hisil, Wong, Carter, Dawson 2008; RFC 8032, section 5.1.4).
/// </summary>
internal readonly struct Point(in FieldElement x, in FieldElement y, in FieldElement z, in FieldElement t)
{
    private readonly FieldElement x = x, y = y, z = z, t = t;

    public static Point Identity => new(FieldElement.Zero, FieldElement.One, FieldElement.One, FieldElement.Zero);

    /// <summary>The generator B: y = 4/5, x even.</summary>
    public static Point Generator { get; } = MakeGenerator();

    public FieldElement Z => z;

    /// <summary>Whether eight times this is the identity: such a key makes signatures that fit many messages.</summary>
    public bool IsOfSmallOrder
    {
        get
        {
            var eightfold = Double().Double().Double();
            return eightfold.x.IsZero && (eightfold.y - eightfold.z).IsZero;
        }
    }

    public static Point operator +(in Point a, in Point b) => Sum(
        (a.y - a.x) * (b.y - b.x),
        (a.y + a.x) * (b.y + b.x),
        a.t * b.t * Constants.DoubleD,
        (a.z + a.z) * b.z);

    public static Point operator +(in Point a, in Addend b) => Sum(
        (a.y - a.x) * b.Difference,
        (a.y + a.x) * b.Sum,
        a.t * b.Product,
        a.z + a.z);

    public static Point operator -(in Point a, in Addend b) => a + b.Negated;

    public Point Double()
    {
        var xx = x.Square();
        var yy = y.Square();
        var zz = z.Square();
        var h = yy + xx;
        var e = (x + y).Square() - h;
        var g = yy - xx;
        var f = zz + zz - g;
        return new(e * f, g * h, f * g, e * h);
    }

    public Point Double(int times)
    {
        var result = this;
        for (var i = 0; i < times; i++) result = result.Double();
        return result;
    }

    /// <summary>This as something to add, given 1/Z.</summary>
    public Addend ToAddend(in FieldElement inverseOfZ)
    {
        var (affineX, affineY) = (x * inverseOfZ, y * inverseOfZ);
        return new(affineY + affineX, affineY - affineX, affineX * affineY * Constants.DoubleD);
    }

    /// <summary>Writes y, and the sign of x in the last bit.</summary>
    public void Encode(Span<byte> bytes)
    {
        var inverse = z.Invert();
        (y * inverse).Write(bytes);
        bytes[FieldElement.Size - 1] |= (byte)((x * inverse).IsNegative ? 0x80 : 0);
    }

    /// <summary>
    /// Reads a point that RFC 8032, section 5.1.3, can decode: y below p, a y that is on the curve, and no sign on x = 0.
    /// Branches on the bytes, which are public.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Point point)
    {
        point = Identity;
        if (bytes.Length != FieldElement.Size) return false;
        var y = FieldElement.Read(bytes);
        var isNegative = (bytes[^1] & 0x80) != 0;
        if (!IsBelowP(bytes, y) || !TryRoot(y, out var x)) return false;
        if (x.IsNegative != isNegative)
        {
            if (x.IsZero) return false;
            x = -x;
        }

        point = new(x, y, FieldElement.One, x * y);
        return true;
    }

    private static bool IsBelowP(ReadOnlySpan<byte> bytes, in FieldElement y)
    {
        Span<byte> reduced = stackalloc byte[FieldElement.Size];
        y.Write(reduced);
        return bytes[..^1].SequenceEqual(reduced[..^1]) && (bytes[^1] & 0x7f) == reduced[^1];
    }

    // x² = (y² - 1) / (dy² + 1) = u/v: a root is uv³(uv⁷)^((p-5)/8), perhaps times the root of -1.
    private static bool TryRoot(in FieldElement y, out FieldElement x)
    {
        var yy = y.Square();
        var u = yy - FieldElement.One;
        var v = (yy * Constants.D) + FieldElement.One;
        var v3 = v.Square() * v;
        x = u * v3 * (u * v3.Square() * v).PowerP58();
        var uAgain = x.Square() * v;
        if ((uAgain - u).IsZero) return true;
        x *= FieldElement.RootOfMinusOne;
        return (uAgain + u).IsZero;
    }

    // The part that the two additions share.
    private static Point Sum(in FieldElement a, in FieldElement b, in FieldElement c, in FieldElement d)
    {
        var e = b - a;
        var f = d - c;
        var g = d + c;
        var h = b + a;
        return new(e * f, g * h, f * g, e * h);
    }

    private static Point MakeGenerator()
    {
        Span<byte> bytes = stackalloc byte[FieldElement.Size];
        (FieldElement.Small(4) * FieldElement.Small(5).Invert()).Write(bytes);
        TryDecode(bytes, out var generator);
        return generator;
    }

    // Apart from the point, so that they are there when the generator is made.
    private static class Constants
    {
        /// <summary>-121665/121666.</summary>
        public static readonly FieldElement D = -(FieldElement.Small(121665) * FieldElement.Small(121666).Invert());
        public static readonly FieldElement DoubleD = D + D;
    }
}
