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

    // What is written goes here first: most of it is no new form.
    private readonly ArrayBufferWriter<byte> text = new();

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
        foreach (var escapes in Escapes)
        {
            foreach (var layout in Layouts)
            {
                if (!TryWrite(body, layout, escapes)) yield break;
                byte[]? written = null;
                if (layout == Layouts[0])
                {
                    // Where nothing is there to escape, the hands differ in their layout alone.
                    if (compact.Any(IsWritten)) break;
                    compact.Add(written = text.WrittenSpan.ToArray());
                }

                if (text.WrittenSpan.SequenceEqual(body.Span) || found.Any(other => IsWritten(other.Body))) continue;
                found.Add((written ?? text.WrittenSpan.ToArray(), new(CauseKind.BodyReserialised, $"the body was parsed and written anew on its way: the sender signed it {layout.Name}{Said(escapes)}", Fix)));
                yield return found[^1];
            }
        }

        // Each property is an object and a name of its own while it is sorted.
        if (body.Length <= LargestToSort && work.Rewrite(4 * body.Length) && Sorted(body) is { } sorted)
        {
            foreach (var layout in Layouts[..2])
            {
                if (!TryWrite(sorted, layout, JsonEscapes.None) || found.Any(other => IsWritten(other.Body))) continue;
                found.Add((text.WrittenSpan.ToArray(), new(CauseKind.BodyReserialised, $"the body was parsed and written anew on its way: the sender signed it {layout.Name}, its names in order", Fix)));
                yield return found[^1];
            }
        }

        // The body as it arrived is asked for again with every other mistake.
        if (known.Count == 0 && body.Length <= LargestToSort) known[body] = found;
    }

    private bool TryWrite(ReadOnlyMemory<byte> json, JsonHand layout, JsonEscapes escapes)
    {
        if (!work.Rewrite(json.Length)) return false;
        text.ResetWrittenCount();
        var most = Math.Min(Math.Min((4L * json.Length) + 4096, Configuration.SourceSettings.LargestMaxBodyBytes), work.Left / 4);
        var isWritten = layout.TryWrite(json.Span, escapes, most, text);
        // What has grown too long has cost as much.
        return work.Read(4L * text.WrittenCount) && isWritten;
    }

    private bool IsWritten(byte[] other) => text.WrittenSpan.SequenceEqual(other);

    private static string Said(JsonEscapes escapes) =>
        escapes == JsonEscapes.None ? "" : escapes == JsonEscapes.Slash ? ", with \\/" : escapes == JsonEscapes.Html ? ", with <, > and & escaped" : escapes.HasFlag(JsonEscapes.Slash) ? ", with letters outside ASCII and slashes escaped" : ", with letters outside ASCII escaped";

    private static byte[]? Sorted(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var sorted = new ArrayBufferWriter<byte>(body.Length);
            using (var writer = new Utf8JsonWriter(sorted)) Sort(document.RootElement, writer);
            return sorted.WrittenSpan.ToArray();
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
