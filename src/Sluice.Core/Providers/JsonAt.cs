using System.Text;
using System.Text.Json;

namespace Sluice.Providers;

/// <summary>
/// Reads what stands at a path of names in a body: a text, or the items of an array as exact slices. Never throws; a body that is not
/// JSON as a whole, or is nested deeper than 64, holds nothing. Of a name that stands twice the last counts. (Arrays within arrays are for <see cref="JsonItems"/>.)
/// </summary>
internal static class JsonAt
{
    /// <summary>The string or the number there as text, or null.</summary>
    public static string? Text(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        try
        {
            if (!TryFind(json, path, out var found)) return null;
            var reader = new Utf8JsonReader(json[found]);
            reader.Read();
            return reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with a lone surrogate cannot be read as text.
            return null;
        }
    }

    /// <summary>Whether the bytes begin like an array; what becomes of them is another question.</summary>
    public static bool IsArray(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    /// <summary>Whether an array stands there that has items, however many, all of them objects.</summary>
    public static bool AreObjects(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        try
        {
            if (!TryFind(json, path, out var found)) return false;
            var reader = new Utf8JsonReader(json[found]);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return false;
            var any = false;
            for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; any = true)
            {
                if (reader.TokenType != JsonTokenType.StartObject) return false;
                reader.Skip();
            }

            return any;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The events of the array there, each the exact slice of the body; null when there is none or it has more than <see cref="BatchItem.Most"/>.</summary>
    public static IReadOnlyList<BatchItem>? Split(ReadOnlyMemory<byte> json, Describe describe, params ReadOnlySpan<string> path)
    {
        if (Items(json, path) is not { } items) return null;
        var batch = new BatchItem[items.Count];
        for (var i = 0; i < batch.Length; i++)
        {
            var (id, type) = describe(items[i].Span);
            batch[i] = new(items[i], id, type);
        }

        return batch;
    }

    /// <summary>The items of the array there, or null when there is none or it has more than <see cref="BatchItem.Most"/>.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>>? Items(ReadOnlyMemory<byte> json, params ReadOnlySpan<string> path)
    {
        try
        {
            if (!TryFind(json.Span, path, out var found)) return null;
            var array = json[found];
            var reader = new Utf8JsonReader(array.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
            var items = new List<ReadOnlyMemory<byte>>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (items.Count == BatchItem.Most) return null;
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                items.Add(array[start..(int)reader.BytesConsumed]);
            }

            return items;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether anything stands there.</summary>
    public static bool Has(ReadOnlySpan<byte> json, params ReadOnlySpan<string> path)
    {
        try
        {
            return TryFind(json, path, out _);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The name of the first member that is not <paramref name="other"/>, or null.</summary>
    public static string? FirstName(ReadOnlySpan<byte> json, string other)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!reader.ValueTextEquals(other)) return reader.GetString();
                reader.Read();
                reader.Skip();
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Id and type of one item.</summary>
    public delegate EventDescription Describe(ReadOnlySpan<byte> item);

    private static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<string> path, out Range found)
    {
        var reader = new Utf8JsonReader(json);
        found = default;
        if (!reader.Read()) return false;
        var isFound = path.IsEmpty;
        var start = (int)reader.TokenStartIndex;
        if (path.IsEmpty || reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            found = start..(int)reader.BytesConsumed;
            return !reader.Read() && isFound;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isWanted = reader.ValueTextEquals(path[0]);
            reader.Read();
            start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isWanted) (isFound, found) = (true, start..(int)reader.BytesConsumed);
        }

        if (reader.Read() || !isFound) return false;
        if (path.Length == 1) return true;
        var (offset, length) = found.GetOffsetAndLength(json.Length);
        if (!TryFind(json.Slice(offset, length), path[1..], out var inside)) return false;
        var (innerOffset, innerLength) = inside.GetOffsetAndLength(length);
        found = (offset + innerOffset)..(offset + innerOffset + innerLength);
        return true;
    }
}
