using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sluice.Diagnosis;

/// <summary>How a library lays JSON out.</summary>
/// <param name="Indent">What stands before each element, once for each level; null where all is one line.</param>
internal sealed record JsonHand(string Name, string? Indent, string BetweenItems, string BehindName, string LineEnd = "\n")
{
    /// <summary>
    /// Writes the same document in this hand: names in their order, numbers to the letter, and what white space stands behind it. False for what is
    /// no JSON, or would grow beyond <paramref name="most"/> bytes; what is written then is of no use.
    /// </summary>
    /// <param name="text">Empty.</param>
    public bool TryWrite(ReadOnlySpan<byte> json, JsonEscapes escapes, long most, ArrayBufferWriter<byte> text)
    {
        var reader = new Utf8JsonReader(json);
        var (depth, isFirst, isBehindName) = (0, true, false);
        try
        {
            while (reader.Read())
            {
                if (text.WrittenCount > most) return false;
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    depth--;
                    if (!isFirst) BreakLine(text, depth);
                }
                else if (!isBehindName && depth > 0)
                {
                    if (!isFirst) Append(text, BetweenItems);
                    BreakLine(text, depth);
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
                        WriteString(text, ref reader, escapes, most);
                        Append(text, BehindName);
                        isBehindName = true;
                        break;
                    case JsonTokenType.String:
                        WriteString(text, ref reader, escapes, most);
                        break;
                    default:
                        text.Write(reader.ValueSpan);
                        break;
                }
            }

            text.Write(json[json.TrimEnd(" \t\r\n"u8).Length..]);
            return text.WrittenCount <= most;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair is no text.
            return false;
        }
    }

    private void BreakLine(ArrayBufferWriter<byte> text, int depth)
    {
        if (Indent is null) return;
        Append(text, LineEnd);
        for (var i = 0; i < depth; i++) Append(text, Indent);
    }

    // One string may be the whole document, and six times as long when all of it is escaped.
    private static void WriteString(ArrayBufferWriter<byte> text, ref Utf8JsonReader reader, JsonEscapes escapes, long most)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
        try
        {
            var rest = new ReadOnlySpan<byte>(buffer, 0, reader.CopyString(buffer));
            text.Write("\""u8);
            while (text.WrittenCount <= most)
            {
                var plain = rest.IndexOfAny(escapes.Stops());
                text.Write(plain < 0 ? rest : rest[..plain]);
                if (plain < 0) break;
                rest = rest[plain..];
                if (Rune.DecodeFromUtf8(rest, out var rune, out var length) != OperationStatus.Done) throw new InvalidOperationException();
                escapes.Write(rune, rest[..length], text);
                rest = rest[length..];
            }

            text.Write("\""u8);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Append(ArrayBufferWriter<byte> text, string ascii) => text.Advance(Encoding.ASCII.GetBytes(ascii, text.GetSpan(ascii.Length)));
}
