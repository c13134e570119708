using System.Text;
using System.Text.Json;

namespace Sluice.Delivery;

/// <summary>
/// A place in a JSON body: names and, in arrays, positions from 0, with dots between, such as <c>data.items.0.sku</c>. A dot that is part
/// of a name is written <c>\.</c>. Read from the bytes without building anything of them.
/// </summary>
public sealed class JsonPath
{
    private const int LongestText = 500;
    private const int MostParts = 32;

    private readonly Part[] parts;

    private JsonPath(string text, Part[] parts) => (Text, this.parts) = (text, parts);

    public string Text { get; }

    /// <summary>Reads a path; null with what is wrong with it.</summary>
    public static JsonPath? Parse(string text, out string? error)
    {
        error = null;
        var parts = new List<Part>();
        var name = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '\\' && i + 1 < text.Length) name.Append(text[++i]);
            else if (i < text.Length && text[i] != '.') name.Append(text[i]);
            else
            {
                if (name.Length == 0) error = $"'{text}' is no path; write names with dots between, such as data.object.id";
                parts.Add(new(Encoding.UTF8.GetBytes(name.ToString()), int.TryParse(name.ToString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : -1));
                name.Clear();
            }
        }

        if (text.Length > LongestText || parts.Count > MostParts) error = $"a path has at most {LongestText} characters and {MostParts} names; name a place further up";
        return error is null ? new(text, [.. parts]) : null;
    }

    /// <summary>
    /// Moves to the value at this place. False when there is none, or the bytes are no JSON up to there. Of a name that stands twice in
    /// one object the last counts, as for most parsers: what a filter saw is what the destination sees.
    /// </summary>
    public bool TryFind(ReadOnlySpan<byte> json, out Utf8JsonReader found)
    {
        found = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        try
        {
            if (!found.Read()) return false;
            foreach (var part in parts)
            {
                if (!(found.TokenType switch
                {
                    JsonTokenType.StartObject => Enter(ref found, part.Name),
                    JsonTokenType.StartArray => Enter(ref found, part.Index),
                    _ => false,
                })) return false;
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Enter(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        Utf8JsonReader last = default;
        var isThere = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = reader.ValueTextEquals(name);
            reader.Read();
            if (isIt)
            {
                last = reader;
                isThere = true;
            }

            reader.Skip();
        }

        if (isThere) reader = last;
        return isThere;
    }

    private static bool Enter(ref Utf8JsonReader reader, int index)
    {
        for (; index >= 0 && reader.Read() && reader.TokenType != JsonTokenType.EndArray; index--)
        {
            if (index == 0) return true;
            reader.Skip();
        }

        return false;
    }

    private readonly record struct Part(byte[] Name, int Index);
}
