using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sluice.LocalHost.Conformance;

/// <summary>The same body in other bytes: as no serializer would write it, and as every serializer would.</summary>
internal static class OddBody
{
    /// <summary>Blanks, escapes, letters beyond ASCII, numbers with needless digits and an end of line where none is needed: valid, and read as the same by every parser.</summary>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> body, string contentType) =>
        contentType.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ? OddForm(body)
        : body.Span.LastIndexOf((byte)'}') is >= 0 and var end ? OddJson(body, end)
        : body;

    /// <summary>As a program writes it that has parsed the body; null for what is no JSON, or is written so already.</summary>
    public static ReadOnlyMemory<byte>? Rewritten(ReadOnlyMemory<byte> body)
    {
        try
        {
            var text = Encoding.UTF8.GetBytes(JsonNode.Parse(body.Span)!.ToJsonString(Plain));
            return text.AsSpan().SequenceEqual(body.Span) ? null : text;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static byte[] OddJson(ReadOnlyMemory<byte> body, int end) =>
    [
        .. body.Span[..end],
        .. Encoding.UTF8.GetBytes(" ,\t\"odd\" :  { \"escaped\":\"\\u00e9\\/\\u003C&\" , \"plain\": \"é ✓ 😀\",\r\n \"number\" : 1.50E+2, \"list\" : [ ] }  "),
        .. body.Span[end..],
        .. "\r\n\n"u8,
    ];

    // Every byte of a value may be escaped, in either case of hex.
    private static byte[] OddForm(ReadOnlyMemory<byte> body) => Encoding.ASCII.GetBytes(string.Join('&', Encoding.Latin1.GetString(body.Span).Split('&').Select(field =>
    {
        var equals = field.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return field;
        var value = Encoding.Latin1.GetBytes(field[(equals + 1)..]);
        return string.Concat(field.AsSpan(0, equals + 1), string.Concat(WebUtility.UrlDecodeToBytes(value, 0, value.Length).Select(b => $"%{b:x2}")));
    })));
}
