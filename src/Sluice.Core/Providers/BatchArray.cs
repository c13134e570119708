using System.Text.Json;

namespace Sluice.Providers;

/// <summary>Takes a JSON array apart.</summary>
internal static class BatchArray
{
    /// <summary>Whether the bytes begin like an array; what becomes of them is another question.</summary>
    public static bool IsArray(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>The exact bytes of each item, with the strings at two places in it as id and type. Null when the bytes are no array as a whole.</summary>
    public static IReadOnlyList<BatchItem>? Split(ReadOnlyMemory<byte> json, ReadOnlySpan<JsonFields.Place> idAndType)
    {
        var items = new List<BatchItem>();
        var values = new string?[idAndType.Length];
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var item = json[start..(int)reader.BytesConsumed];
                items.Add(JsonFields.TryRead(item.Span, idAndType, values) ? new(item, values[0], values[1]) : new(item, null, null));
            }

            return reader.Read() ? null : items;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
