using System.Runtime.InteropServices;
using System.Text.Json;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>Takes verified bodies apart that hold several events. Nothing here throws for what the bytes are.</summary>
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

        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
    }

    /// <summary>Whether all elements of an array that has some are objects.</summary>
    public static bool AreObjects(JsonElement array) => array.GetArrayLength() > 0 && array.EnumerateArray().All(element => element.ValueKind == JsonValueKind.Object);

    /// <summary>The elements of an array, each the exact slice of the body.</summary>
    public static List<BatchItem> Slices(ReadOnlyMemory<byte> json, JsonElement array, Func<JsonElement, EventDescription> describe) =>
        [.. array.EnumerateArray().Select(element =>
        {
            var (id, type) = describe(element);
            return new BatchItem(json[RangeOf(json, element)], id, type);
        })];
}
