using System.Globalization;
using System.Text.Json;

namespace Sluice.Destinations;

/// <summary>
/// The settings of a destination that somebody sent, as the configuration would have them: a text for each path. Strict where configuration
/// files are not: no comments, no name twice (names have no case there), no name that would be a path.
/// </summary>
internal static class RegistrationJson
{
    // Each costs a look at all the others.
    private const int MostValues = 1000;

    private const int LongestName = 100;

    // A filter is nested eight deep at most, two of these for each.
    private const int Deepest = 24;

    /// <summary>The settings by their paths below <paramref name="root"/>; null with what is wrong.</summary>
    public static Dictionary<string, string?>? Read(string root, string json, out JsonElement settings, out string? error)
    {
        settings = default;
        error = null;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                error = "is no object; write { \"Url\": \"https://...\" }";
                return null;
            }

            var flat = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            error = Add(flat, root, document.RootElement);
            settings = document.RootElement.Clone();
            return error is null ? flat : null;
        }
        catch (JsonException e)
        {
            // Where, not what: the text around it may be a secret.
            error = string.Create(CultureInfo.InvariantCulture, $"is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}, or nested more than {Deepest} deep; write one object without comments");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            error = "has a text that is no Unicode; write whole characters";
            return null;
        }
    }

    private static string? Add(Dictionary<string, string?> flat, string path, JsonElement value)
    {
        if (flat.Count > MostValues) return $"has more than {MostValues} values; shorten its filter or its lists";
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    if (property.Name.Length is 0 or > LongestName || property.Name.Contains(':', StringComparison.Ordinal)) return $"has a name that is empty, longer than {LongestName} characters or has a colon; write settings inside of each other as objects";
                    if (flat.ContainsKey($"{path}:{property.Name}")) return $"names '{Events.SafeText.OneLine(property.Name, 60)}' twice; keep one";
                    // Of what is inside it the value comes later: that its name is taken has to be known before.
                    flat[$"{path}:{property.Name}"] = null;
                    if (Add(flat, $"{path}:{property.Name}", property.Value) is { } error) return error;
                }

                return null;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    flat[$"{path}:{index.ToString(CultureInfo.InvariantCulture)}"] = null;
                    if (Add(flat, string.Create(CultureInfo.InvariantCulture, $"{path}:{index++}"), item) is { } error) return error;
                }

                return null;
            case JsonValueKind.True or JsonValueKind.False:
                flat[path] = value.GetBoolean() ? bool.TrueString : bool.FalseString;
                return null;
            case JsonValueKind.Null:
                return null;
            default:
                flat[path] = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
                return null;
        }
    }
}
