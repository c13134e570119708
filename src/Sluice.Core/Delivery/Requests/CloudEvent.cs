using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>
/// An event as CloudEvents 1.0, for destinations that ask for it: its id is the event's, its source <c>/sluice/{source}</c>, its time that of
/// receiving. (github.com/cloudevents/spec, cloudevents/spec.md and bindings/http-protocol-binding.md at v1.0.2, read 2026-11-22.)
/// </summary>
internal static class CloudEvent
{
    public const string StructuredType = "application/cloudevents+json; charset=utf-8";

    /// <summary>Several in one request. (cloudevents/formats/json-format.md at v1.0.2, section 4, read 2026-11-22.)</summary>
    public const string BatchType = "application/cloudevents-batch+json; charset=utf-8";

    private const int RoomForAttributes = 512;

    /// <summary>Everything in one JSON object: data that is JSON stands there to the byte, anything else in base64.</summary>
    public static ReadOnlyMemory<byte> Structured(WebhookEvent webhook)
    {
        var buffer = new ArrayBufferWriter<byte>(webhook.Body.Length + RoomForAttributes);
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, webhook);
        return buffer.WrittenMemory;
    }

    /// <summary>The same objects one after another in a JSON array.</summary>
    public static ReadOnlyMemory<byte> Batch(IReadOnlyList<WebhookEvent> events)
    {
        var buffer = new ArrayBufferWriter<byte>(events.Sum(webhook => webhook.Body.Length + RoomForAttributes));
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var webhook in events) Write(writer, webhook);
            writer.WriteEndArray();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The headers that say the same beside the exact bytes.</summary>
    public static IEnumerable<KeyValuePair<string, string>> BinaryHeaders(WebhookEvent webhook) =>
        Attributes(webhook).Select(attribute => KeyValuePair.Create($"ce-{attribute.Key}", ForwardedHeaders.Encode(attribute.Value)));

    private static void Write(Utf8JsonWriter writer, WebhookEvent webhook)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in Attributes(webhook)) writer.WriteString(name, value);
        if (webhook.ContentType is { } type) writer.WriteString("datacontenttype", type);
        if (IsJson(webhook))
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(webhook.Body.Span, skipInputValidation: true);
        }
        else if (webhook.Body.Length > 0) writer.WriteBase64String("data_base64", webhook.Body.Span);

        writer.WriteEndObject();
    }

    private static IEnumerable<KeyValuePair<string, string>> Attributes(WebhookEvent webhook) =>
    [
        new("specversion", "1.0"),
        new("id", webhook.Id.ToString()),
        new("source", $"/sluice/{webhook.Source}"),
        new("type", webhook.Type),
        new("time", webhook.ReceivedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
    ];

    // What says that it is JSON and is not would break the object around it.
    private static bool IsJson(WebhookEvent webhook)
    {
        if (webhook.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true) return false;
        var reader = new Utf8JsonReader(webhook.Body.Span, new JsonReaderOptions { MaxDepth = 512 });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
