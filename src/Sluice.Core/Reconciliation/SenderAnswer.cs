using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Events;

namespace Sluice.Reconciliation;

/// <summary>A good answer of a sender's API. What is not where it should be reads as absent, never as an exception.</summary>
/// <param name="link">The header <c>Link</c> (RFC 8288), where there is one.</param>
public sealed partial class SenderAnswer(byte[] bytes, JsonDocument document, string? link) : IDisposable
{
    private const int LongestText = 200;

    public JsonElement Root => document.RootElement;

    /// <summary>One parameter of the link to the next page; null where there is none. Only that is taken of it: where to ask is never the answer's to say.</summary>
    public string? NextLink(string parameter)
    {
        if (link is null || NextLinks().Match(link) is not { Success: true } match) return null;
        return Parameter(match.Groups[1].Value, parameter);
    }

    /// <summary>One parameter of an address.</summary>
    public static string? Parameter(string address, string name)
    {
        foreach (var pair in address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&', '#'))
        {
            if (pair.StartsWith(name + "=", StringComparison.Ordinal)) return Uri.UnescapeDataString(pair[(name.Length + 1)..]);
        }

        return null;
    }

    /// <summary>The elements of a list: the answer itself, or what it has under a name. Null where there is no list.</summary>
    public IEnumerable<JsonElement>? List(string? name = null)
    {
        var list = Root;
        if (name is not null && !Has(Root, name, JsonValueKind.Array, out list)) return null;
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : null;
    }

    /// <summary>The exact bytes of an element, as a part of the answer.</summary>
    public ReadOnlyMemory<byte> Slice(JsonElement element)
    {
        var raw = JsonMarshal.GetRawUtf8Value(element);
        return bytes.AsSpan().Overlaps(raw, out var offset) ? bytes.AsMemory(offset, raw.Length) : raw.ToArray();
    }

    /// <summary>A text of bounded length without control characters; null where there is none.</summary>
    public static string? Text(JsonElement element, string name, int longest = LongestText)
    {
        if (!Has(element, name, JsonValueKind.String, out var value)) return null;
        try
        {
            return value.GetString() is { Length: > 0 } text && text.Length <= longest && SafeText.IsPlain(text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate cannot be read as text.
            return null;
        }
    }

    /// <summary>A whole number that is not negative; null where there is none.</summary>
    public static long? Number(JsonElement element, string name) =>
        Has(element, name, JsonValueKind.Number, out var value) && value.TryGetInt64(out var number) && number >= 0 ? number : null;

    /// <summary>A moment as RFC 3339 writes it, UTC where nothing else is said; null where there is none.</summary>
    public static DateTimeOffset? Moment(JsonElement element, string name) =>
        Text(element, name) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;

    /// <summary>An object; undefined where there is none, of which nothing can be read.</summary>
    public static JsonElement Object(JsonElement element, string name) => Has(element, name, JsonValueKind.Object, out var value) ? value : default;

    public void Dispose() => document.Dispose();

    private static bool Has(JsonElement element, string name, JsonValueKind kind, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind == kind;
    }

    [GeneratedRegex("""<([^<>]{1,2000})>\s*;[^,<]*\brel="?next"?""", RegexOptions.IgnoreCase)]
    private static partial Regex NextLinks();
}
