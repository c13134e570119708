using System.Globalization;

namespace Sluice.AzureServices.Tables;

/// <summary>A number of no sign as a part of a key: with zeros in front, so that texts sort as the numbers do. As D19 says it, without a format to read.</summary>
internal readonly record struct Digits(long Number, int Width) : ISpanFormattable
{
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.Length < Width) return false;
        var left = (ulong)Number;
        for (var at = Width - 1; at >= 0; at--)
        {
            (left, var digit) = Math.DivRem(left, 10);
            destination[at] = (char)('0' + digit);
        }

        charsWritten = Width;
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{this}");

    /// <summary>There is one form only.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();
}

/// <summary>All sixteen hexadecimal digits of a number, as a part of a key.</summary>
internal readonly record struct Hex(long Number) : ISpanFormattable
{
    private const int Width = 16;

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        charsWritten = 0;
        if (destination.Length < Width) return false;
        for (var at = 0; at < Width; at++) destination[at] = Keys.Shards[(int)(Number >> (60 - (4 * at))) & 15];
        charsWritten = Width;
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{this}");

    /// <summary>There is one form only.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();
}
