using System.Buffers;
using System.Text.Json;

namespace Sluice.Diagnosis;

/// <summary>JSON was parsed and written anew: what the sender signed is the same document in the hand of the sender's own library.</summary>
internal sealed class JsonForms(Work work)
{
    private const string Fix = "check and hand on the body as the bytes that arrived: no parser in front may write it anew";

    // Sorting needs the whole document in memory, and few senders sort.
    private const int LargestToSort = 256 * 1024;

    private static readonly JsonHand[] Layouts =
    [
        new("compact", null, ",", ":"), new("with a blank behind commas and colons", null, ", ", ": "), new("indented by two", "  ", ",", ": "), new("indented by four", "    ", ",", ": "), new("indented by tabs", "\t", ",", ": "),
        new("indented by two, its lines ending with CR LF", "  ", ",", ": ", "\r\n"),
    ];

    // JavaScript; Python and Ruby; PHP; PHP with letters kept; Go and Rails; .NET.
    private static readonly JsonEscapes[] Escapes =
        [JsonEscapes.None, JsonEscapes.NonAscii, JsonEscapes.NonAscii | JsonEscapes.Slash, JsonEscapes.Slash, JsonEscapes.Html, JsonEscapes.NonAscii | JsonEscapes.Html | JsonEscapes.Quotes | JsonEscapes.UpperCase];

    private readonly Dictionary<ReadOnlyMemory<byte>, List<(byte[] Body, Cause Cause)>> known = [];

    public IEnumerable<(byte[] Body, Cause Cause)> Undo(Trial trial, ReadOnlyMemory<byte> body)
    {
        if (known.TryGetValue(body, out var before)) return before;
        return Written(body);
    }

    private IEnumerable<(byte[] Body, Cause Cause)> Written(ReadOnlyMemory<byte> body)
    {
        if (body.Span.IndexOfAny("{["u8) is not (>= 0 and < 16)) yield break;
        var found = new List<(byte[] Body, Cause Cause)>();
        var compact = new List<byte[]>();
        var most = Math.Min((4L * body.Length) + 4096, Configuration.SourceSettings.LargestMaxBodyBytes);
        foreach (var escapes in Escapes)
        {
            foreach (var layout in Layouts)
            {
                if (!work.Rewrite(body.Length) || JsonHand.Write(body.Span, layout, escapes, most) is not { } text) yield break;
                if (layout == Layouts[0])
                {
                    // Where nothing is there to escape, the hands differ in their layout alone.
                    if (compact.Any(other => other.AsSpan().SequenceEqual(text))) break;
                    compact.Add(text);
                }

                if (text.AsSpan().SequenceEqual(body.Span) || found.Any(other => other.Body.AsSpan().SequenceEqual(text))) continue;
                found.Add((text, new(CauseKind.BodyReserialised, $"the body was parsed and written anew on its way: the sender signed it {layout.Name}{Said(escapes)}", Fix)));
                yield return found[^1];
            }
        }

        if (body.Length <= LargestToSort && Sorted(body) is { } sorted)
        {
            foreach (var layout in Layouts[..2])
            {
                if (JsonHand.Write(sorted, layout, JsonEscapes.None, most) is not { } text || found.Any(other => other.Body.AsSpan().SequenceEqual(text))) continue;
                found.Add((text, new(CauseKind.BodyReserialised, $"the body was parsed and written anew on its way: the sender signed it {layout.Name}, its names in order", Fix)));
                yield return found[^1];
            }
        }

        // The body as it arrived is asked for again with every other mistake.
        if (known.Count == 0 && body.Length <= LargestToSort) known[body] = found;
    }

    private static string Said(JsonEscapes escapes) =>
        escapes == JsonEscapes.None ? "" : escapes == JsonEscapes.Slash ? ", with \\/" : escapes == JsonEscapes.Html ? ", with <, > and & escaped" : escapes.HasFlag(JsonEscapes.Slash) ? ", with letters outside ASCII and slashes escaped" : ", with letters outside ASCII escaped";

    private static byte[]? Sorted(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var text = new ArrayBufferWriter<byte>(body.Length);
            using (var writer = new Utf8JsonWriter(text)) Sort(document.RootElement, writer);
            return text.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static void Sort(JsonElement element, Utf8JsonWriter writer)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject();
            foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
            {
                writer.WritePropertyName(property.Name);
                Sort(property.Value, writer);
            }

            writer.WriteEndObject();
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            writer.WriteStartArray();
            foreach (var item in element.EnumerateArray()) Sort(item, writer);
            writer.WriteEndArray();
        }
        else
        {
            element.WriteTo(writer);
        }
    }
}
