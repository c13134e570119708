using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sluice.Diagnosis;

/// <summary>How a library lays JSON out.</summary>
/// <param name="Indent">What stands before each element, once for each level; null where all is one line.</param>
internal sealed record JsonHand(string Name, string? Indent, string BetweenItems, string BehindName, string LineEnd = "\n")
{
    /// <summary>The same document in this hand: names in their order, numbers to the letter, and what white space stands behind it. Null for what is no JSON, or would grow beyond <paramref name="most"/> bytes.</summary>
    public static byte[]? Write(ReadOnlySpan<byte> json, JsonHand hand, JsonEscapes escapes, long most)
    {
        var reader = new Utf8JsonReader(json);
        var text = new ArrayBufferWriter<byte>(json.Length + 256);
        var (depth, isFirst, isBehindName) = (0, true, false);
        try
        {
            while (reader.Read())
            {
                if (text.WrittenCount > most) return null;
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    depth--;
                    if (!isFirst) hand.BreakLine(text, depth);
                }
                else if (!isBehindName && depth > 0)
                {
                    if (!isFirst) Append(text, hand.BetweenItems);
                    hand.BreakLine(text, depth);
                }

                (isFirst, isBehindName) = (false, false);
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        depth++;
                        isFirst = true;
                        text.Write(reader.ValueSpan);
                        break;
                    case JsonTokenType.PropertyName:
                        WriteString(text, ref reader, escapes);
                        Append(text, hand.BehindName);
                        isBehindName = true;
                        break;
                    case JsonTokenType.String:
                        WriteString(text, ref reader, escapes);
                        break;
                    default:
                        text.Write(reader.ValueSpan);
                        break;
                }
            }

            text.Write(json[json.TrimEnd(" \t\r\n"u8).Length..]);
            return text.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair is no text.
            return null;
        }
    }

    private void BreakLine(ArrayBufferWriter<byte> text, int depth)
    {
        if (Indent is null) return;
        Append(text, LineEnd);
        for (var i = 0; i < depth; i++) Append(text, Indent);
    }

    private static void WriteString(ArrayBufferWriter<byte> text, ref Utf8JsonReader reader, JsonEscapes escapes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
        try
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, reader.CopyString(buffer));
            Append(text, "\"");
            while (!rest.IsEmpty)
            {
                if (Rune.DecodeFromUtf8(rest, out var rune, out var length) != OperationStatus.Done) throw new InvalidOperationException();
                if (Escape(rune, escapes) is { } escape) Append(text, escape);
                else text.Write(rest[..length]);
                rest = rest[length..];
            }

            Append(text, "\"");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? Escape(Rune rune, JsonEscapes escapes) => rune.Value switch
    {
        '"' when !escapes.HasFlag(JsonEscapes.Quotes) => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        '/' when escapes.HasFlag(JsonEscapes.Slash) => "\\/",
        '<' or '>' or '&' or 0x2028 or 0x2029 when escapes.HasFlag(JsonEscapes.Html) => Hex(rune, escapes),
        '"' or '\'' or '+' or '`' or 0x7f when escapes.HasFlag(JsonEscapes.Quotes) => Hex(rune, escapes),
        < 0x20 => Hex(rune, escapes),
        > 0x7f when escapes.HasFlag(JsonEscapes.NonAscii) => Hex(rune, escapes),
        _ => null,
    };

    private static string Hex(Rune rune, JsonEscapes escapes)
    {
        var format = escapes.HasFlag(JsonEscapes.UpperCase) ? "X4" : "x4";
        return string.Concat(rune.ToString().Select(c => "\\u" + ((int)c).ToString(format, System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static void Append(ArrayBufferWriter<byte> text, string ascii) => Encoding.ASCII.GetBytes(ascii, text);
}

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
