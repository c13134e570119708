namespace Sluice.Providers;

/// <summary>
/// Multiples of a point, ready for being added. A scalar of 256 bits is taken as four of 64 bits, of the point and of its
/// multiples by 2^64, 2^128 and 2^192: so one multiplication needs 64 doublings and not 256. A table has four rows, one for each.
/// </summary>
internal static class MultipleTable
{
    public const int Rows = 4;
    public const int RowBits = 64;
    public const int Digits = Rows * RowBits;

    /// <summary>A key's row holds 1, 3, ... 15 times the point.</summary>
    public const int KeyWindow = 5;
    public const int KeyAddends = Rows << (KeyWindow - 2);

    private const int GeneratorWindow = 7;
    private const int SecretRow = 8;

    private static readonly Addend[] GeneratorOdd = new Addend[Rows << (GeneratorWindow - 2)];
    private static readonly Addend[] GeneratorAll = new Addend[Rows * SecretRow];

    static MultipleTable()
    {
        FillOdd(Point.Generator, GeneratorOdd);
        Fill(Point.Generator, GeneratorAll, step: 1);
    }

    /// <summary>Rows of odd multiples.</summary>
    public static void FillOdd(in Point point, Span<Addend> table) => Fill(point, table, step: 2);

    /// <summary>s times the generator minus k times the point of this table. Takes time that tells of s and k: for public numbers.</summary>
    public static Point Difference(in Scalar s, in Scalar k, ReadOnlySpan<Addend> table)
    {
        Span<sbyte> ofGenerator = stackalloc sbyte[Digits];
        Span<sbyte> ofPoint = stackalloc sbyte[Digits];
        s.WriteOddDigits(GeneratorWindow, ofGenerator);
        k.WriteOddDigits(KeyWindow, ofPoint);
        var result = Point.Identity;
        for (var bit = RowBits - 1; bit >= 0; bit--)
        {
            result = result.Double();
            for (var row = 0; row < Rows; row++)
            {
                Add(ref result, ofGenerator[(row * RowBits) + bit], GeneratorOdd.AsSpan(row << (GeneratorWindow - 2)));
                Add(ref result, -ofPoint[(row * RowBits) + bit], table[(row << (KeyWindow - 2))..]);
            }
        }

        return result;
    }

    /// <summary>A scalar times the generator: the same additions and the same reads of memory for every scalar.</summary>
    public static Point SecretMultiple(in Scalar scalar)
    {
        Span<sbyte> digits = stackalloc sbyte[Digits / 4];
        scalar.WriteSignedNibbles(digits);
        var result = Point.Identity;
        for (var nibble = (RowBits / 4) - 1; nibble >= 0; nibble--)
        {
            result = result.Double(4);
            for (var row = 0; row < Rows; row++)
                result += Select(digits[(row * RowBits / 4) + nibble], GeneratorAll.AsSpan(row * SecretRow, SecretRow));
        }

        return result;
    }

    private static void Fill(Point point, Span<Addend> table, int step)
    {
        Span<Point> points = stackalloc Point[table.Length];
        var length = table.Length / Rows;
        for (var row = 0; row < Rows; row++)
        {
            var next = step == 1 ? point : point.Double();
            points[row * length] = point;
            for (var i = 1; i < length; i++) points[(row * length) + i] = points[(row * length) + i - 1] + next;
            if (row < Rows - 1) point = point.Double(RowBits);
        }

        Addend.Make(points, table);
    }

    private static void Add(ref Point point, int digit, ReadOnlySpan<Addend> oddMultiples)
    {
        if (digit > 0) point += oddMultiples[digit >> 1];
        else if (digit < 0) point -= oddMultiples[-digit >> 1];
    }

    // Every multiple is read, whichever the digit (-8 to 8) wants.
    private static Addend Select(int digit, ReadOnlySpan<Addend> multiples)
    {
        var sign = digit >> 31;
        var size = (digit ^ sign) - sign;
        var result = Addend.Identity;
        for (var i = 0; i < multiples.Length; i++) result = result.Or(multiples[i], Mask((size ^ (i + 1)) - 1));
        return result.Or(result.Negated, Mask(sign));
    }

    // All ones for a negative number, else zero.
    private static ulong Mask(int number) => (ulong)(long)(number >> 31);
}
