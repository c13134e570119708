using System.Text.Json;
using Sluice.Events;

namespace Sluice.LocalHost.Captures;

/// <summary>Headers in a file of their own: lines <c>Name: value</c>, with or without a request line above them, or one JSON object.</summary>
internal static class HeaderFile
{
    public const int Largest = 1024 * 1024;

    /// <exception cref="CaptureException">They are no headers.</exception>
    public static RequestHead Read(ReadOnlyMemory<byte> file)
    {
        file = CaptureFile.WithoutMark(file);
        if (file.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..]) return ReadJson(file);
        var head = RequestHead.Read(file.Span);
        // What curl -v prints goes on with the answer; anything else behind the blank line is a body in the wrong place.
        if (!head.IsFromCurl && file.Span[head.Length..].Trim(" \t\r\n"u8).Length > 0) throw new CaptureException("holds more than headers; a whole request is read with --request");
        return head;
    }

    private static RequestHead ReadJson(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var json = JsonDocument.Parse(file);
            var headers = new List<KeyValuePair<string, string>>();
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name.StartsWith(':')) continue;
                var values = property.Value.ValueKind == JsonValueKind.Array ? [.. property.Value.EnumerateArray()] : (JsonElement[])[property.Value];
                foreach (var value in values) headers.Add(new(property.Name, Text(value)));
            }

            return new(null, "", null, new HeaderList([.. headers]), file.Length, IsFromCurl: false, IsEnded: true);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CaptureException("is no JSON object with names and texts; write { \"Name\": \"value\" }, or lines: Name: value");
        }
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => throw new CaptureException("has a header whose value is no text; write { \"Name\": \"value\" } or { \"Name\": [\"value\", \"value\"] }"),
    };
}
