using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>Reads bodies whose events stand in arrays within arrays, as one tree. Nothing here throws for what the bytes are. (What stands at one path is for <see cref="JsonAt"/>.)</summary>
internal static class JsonItems
{
    /// <summary>What is read of a body; the default when it is not JSON.</summary>
    public static T? Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T?> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with a lone surrogate cannot be read as text.
            return default;
        }
    }

    /// <summary>The part of the body that an element is.</summary>
    public static Range RangeOf(ReadOnlyMemory<byte> json, JsonElement element)
    {
        // The document reads the very bytes it was given.
        var raw = JsonMarshal.GetRawUtf8Value(element);
        json.Span.Overlaps(raw, out var start);
        return start..(start + raw.Length);
    }

    /// <summary>The array of that name, or null where there is none.</summary>
    public static JsonElement? Array(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array : null;

    /// <summary>The string or number behind these names, one inside the other, as text.</summary>
    public static string? Text(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        }

        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number => element.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate: one thing without an id does not make the others none.
            return null;
        }
    }

    /// <summary>Whether all elements of an array that has some are objects.</summary>
    public static bool AreObjects(JsonElement array) => array.GetArrayLength() > 0 && array.EnumerateArray().All(element => element.ValueKind == JsonValueKind.Object);
}
