namespace Sluice.Providers;

/// <summary>A point made ready for being added: y + x, y - x and 2dxy, with Z = 1.</summary>
internal readonly struct Addend(in FieldElement sum, in FieldElement difference, in FieldElement product)
{
    public readonly FieldElement Sum = sum, Difference = difference, Product = product;

    public static Addend Identity => new(FieldElement.One, FieldElement.One, FieldElement.Zero);

    public Addend Negated => new(Difference, Sum, -Product);

    /// <summary>This where the mask is zero, the other where it is all ones.</summary>
    public Addend Or(in Addend other, ulong mask) => new(Sum.Or(other.Sum, mask), Difference.Or(other.Difference, mask), Product.Or(other.Product, mask));

    /// <summary>Makes all of them ready with one inversion: the inverse of the product of all Z, from which each is taken in turn.</summary>
    public static void Make(ReadOnlySpan<Point> points, Span<Addend> addends)
    {
        Span<FieldElement> before = stackalloc FieldElement[points.Length];
        var product = FieldElement.One;
        for (var i = 0; i < points.Length; i++)
        {
            before[i] = product;
            product *= points[i].Z;
        }

        var inverse = product.Invert();
        for (var i = points.Length - 1; i >= 0; i--)
        {
            addends[i] = points[i].ToAddend(inverse * before[i]);
            inverse *= points[i].Z;
        }
    }
}
