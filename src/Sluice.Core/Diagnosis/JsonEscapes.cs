using System.Buffers;
using System.Text;

namespace Sluice.Diagnosis;

/// <summary>What a library escapes in JSON beyond what it must.</summary>
[Flags]
internal enum JsonEscapes
{
    None = 0,

    NonAscii = 1,

    /// <summary><c>\/</c>.</summary>
    Slash = 2,

    /// <summary>What a browser could take for markup.</summary>
    Html = 4,

    /// <summary>Quotes, plus and backtick as <c>\u0022</c> and so on, as .NET does.</summary>
    Quotes = 8,

    /// <summary>Hex digits in upper case.</summary>
    UpperCase = 16,
}

/// <summary>Writes escapes. Allocates nothing: a stranger's text may need one for each of its letters.</summary>
internal static class JsonEscaping
{
    private static readonly SearchValues<byte>[] All = [.. Enumerable.Range(0, 2 * (int)JsonEscapes.UpperCase).Select(escapes => SearchValues.Create(Bytes((JsonEscapes)escapes)))];

    /// <summary>The bytes with which something begins that may have to be escaped; all between them is copied.</summary>
    public static SearchValues<byte> Stops(this JsonEscapes escapes) => All[(int)escapes];

    /// <summary>Writes the escape of a character, or <paramref name="plain"/> where it needs none.</summary>
    public static void Write(this JsonEscapes escapes, Rune rune, ReadOnlySpan<byte> plain, ArrayBufferWriter<byte> text)
    {
        switch (rune.Value)
        {
            case '"' when !escapes.HasFlag(JsonEscapes.Quotes): text.Write("\\\""u8); break;
            case '\\': text.Write("\\\\"u8); break;
            case '\n': text.Write("\\n"u8); break;
            case '\r': text.Write("\\r"u8); break;
            case '\t': text.Write("\\t"u8); break;
            case '\b': text.Write("\\b"u8); break;
            case '\f': text.Write("\\f"u8); break;
            case '/' when escapes.HasFlag(JsonEscapes.Slash): text.Write("\\/"u8); break;
            case '<' or '>' or '&' or 0x2028 or 0x2029 when escapes.HasFlag(JsonEscapes.Html):
            case '"' or '\'' or '+' or '`' or 0x7f when escapes.HasFlag(JsonEscapes.Quotes):
            case < 0x20:
            case > 0x7f when escapes.HasFlag(JsonEscapes.NonAscii): Hex(rune, escapes, text); break;
            default: text.Write(plain); break;
        }
    }

    private static void Hex(Rune rune, JsonEscapes escapes, ArrayBufferWriter<byte> text)
    {
        Span<char> units = stackalloc char[2];
        var digits = escapes.HasFlag(JsonEscapes.UpperCase) ? "0123456789ABCDEF"u8 : "0123456789abcdef"u8;
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            var escape = text.GetSpan(6);
            (escape[0], escape[1], escape[2]) = ((byte)'\\', (byte)'u', digits[unit >> 12]);
            (escape[3], escape[4], escape[5]) = (digits[(unit >> 8) & 15], digits[(unit >> 4) & 15], digits[unit & 15]);
            text.Advance(6);
        }
    }

    private static ReadOnlySpan<byte> Bytes(JsonEscapes escapes)
    {
        var bytes = new List<byte>(Enumerable.Range(0, 0x20).Select(b => (byte)b)) { (byte)'"', (byte)'\\' };
        if (escapes.HasFlag(JsonEscapes.Slash)) bytes.Add((byte)'/');
        if (escapes.HasFlag(JsonEscapes.Quotes)) bytes.AddRange("'+`\u007f"u8);
        // U+2028 and U+2029 begin with it.
        if (escapes.HasFlag(JsonEscapes.Html)) bytes.AddRange("<>&"u8.ToArray().Append((byte)0xe2));
        if (escapes.HasFlag(JsonEscapes.NonAscii)) bytes.AddRange(Enumerable.Range(0x80, 0x80).Select(b => (byte)b));
        return bytes.ToArray();
    }
}
