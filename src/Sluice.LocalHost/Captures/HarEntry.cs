using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.LocalHost.Captures;

/// <summary>One entry of a HAR.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Request">Null where there is none; without its body where that alone is missing.</param>
/// <param name="Fault">Why it holds no request that can be checked, to follow its number; null where it does.</param>
internal sealed record HarEntry(int Number, CapturedRequest? Request, string? Fault)
{
    private const string NoText = "holds bytes that are no text";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 1000 };

    public static HarEntry Read(int number, ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var request = ReadRequest(document.RootElement, out var fault);
            return new(number, request, fault);
        }
        catch (CaptureException e)
        {
            return new(number, null, e.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new(number, null, NoText);
        }
    }

    private static CapturedRequest ReadRequest(JsonElement entry, out string? fault)
    {
        fault = null;
        var request = entry.TryGetProperty("request", out var found) && found.ValueKind == JsonValueKind.Object ? found : throw new CaptureException("has no request");
        var method = Text(request, "method") ?? throw new CaptureException("has no request.method");
        var target = CapturedRequest.ReadTarget(Text(request, "url") ?? "") ?? throw new CaptureException("has no request.url that is an http address");
        var headers = ReadHeaders(request);
        var remarks = new List<string>();
        var body = ReadOnlyMemory<byte>.Empty;
        try
        {
            body = ReadBody(request, method, headers, remarks);
        }
        catch (CaptureException e)
        {
            // Whose request it is can be told without: most of a browser's are nobody's here.
            fault = e.Message;
        }
        catch (InvalidOperationException)
        {
            fault = NoText;
        }

        return new CapturedRequest
        {
            Method = method,
            Target = target.Target,
            Url = target.Url,
            Headers = headers,
            Body = body,
            At = DateTimeOffset.TryParse(Text(entry, "startedDateTime"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null,
            Remarks = remarks,
        };
    }

    private static HeaderList ReadHeaders(JsonElement request)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var item in Items(request, "headers"))
        {
            var (name, value) = Pair(item, "request.headers");
            // HTTP/2 writes the request line as headers; they were none.
            if (name.StartsWith(':')) continue;
            // Some recorders put a header that stood twice into one, line by line.
            foreach (var one in value.Split('\n')) headers.Add(new(name, one.Trim(' ', '\t', '\r')));
        }

        return new HeaderList([.. headers]);
    }

    private static ReadOnlyMemory<byte> ReadBody(JsonElement request, string method, HeaderList headers, List<string> remarks)
    {
        var announced = BodyLength.Announced(headers) ?? (request.TryGetProperty("bodySize", out var size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out var bytes) && bytes >= 0 ? bytes : null);
        if (!request.TryGetProperty("postData", out var data) || data.ValueKind == JsonValueKind.Null) return NoBody(method, announced);
        if (data.ValueKind != JsonValueKind.Object) throw new CaptureException("has a request.postData that is no object");

        if (Text(data, "text") is { Length: > 0 } text)
        {
            var body = Decode(text, Text(data, "encoding") ?? Text(data, "_encoding"), announced);
            if (body.Length > SourceSettings.LargestMaxBodyBytes) throw new CaptureException(BodyLength.TooLarge);
            if (body.Length != announced && announced is not null)
                remarks.Add(string.Create(CultureInfo.InvariantCulture, $"the request had {announced} bytes and the HAR holds {body.Length}: it does not hold the exact ones"));
            else if (text.Contains('\uFFFD', StringComparison.Ordinal)) remarks.Add("the HAR has replacement characters where bytes were no text: it may not hold the exact ones");
            return body;
        }

        if (Items(data, "params") is not { Count: > 0 } fields) return NoBody(method, announced);
        remarks.Add("the HAR holds the form's fields and not its bytes; they were written anew, which a signature over the bytes may not survive");
        return Encoding.UTF8.GetBytes(string.Join('&', fields.Select(field => Pair(field, "request.postData.params")).Select(pair => $"{Escape(pair.Name)}={Escape(pair.Value)}")));
    }

    private static ReadOnlyMemory<byte> NoBody(string method, long? announced) => announced == 0 || (announced is null && method is not ("POST" or "PUT" or "PATCH"))
        ? ReadOnlyMemory<byte>.Empty
        : throw new CaptureException("does not hold the request's body, which some recorders leave out; save the body by itself and give it with --headers and --body");

    private static byte[] Decode(string text, string? encoding, long? announced)
    {
        if (encoding is not null && encoding.Equals("base64", StringComparison.OrdinalIgnoreCase))
        {
            var bytes = new byte[text.Length];
            return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw new CaptureException("has a request.postData.text that is not the base64 it is said to be");
        }

        // Some recorders write a character for each byte: the length tells.
        return text.Length == announced && text.AsSpan().ContainsAnyInRange('\u0080', '\u00FF') && !text.AsSpan().ContainsAnyExceptInRange('\0', '\u00FF') ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text);
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static (string Name, string Value) Pair(JsonElement item, string where) => item.ValueKind == JsonValueKind.Object && Text(item, "name") is { } name
        ? (name, Text(item, "value") ?? "")
        : throw new CaptureException($"has an item of {where} without a name");

    private static List<JsonElement> Items(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null ? []
        : list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()]
        : throw new CaptureException($"has {name} that are no list");

    /// <summary>Null where it is absent.</summary>
    private static string? Text(JsonElement parent, string name) =>
        !parent.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new CaptureException($"has a {name} that is no text");
}
