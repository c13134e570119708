using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Azure.Messaging.ServiceBus;
using Sluice.Events;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>A whole event in a message: the length of what is said about it (4 bytes, little-endian), that as JSON, then its bytes.</summary>
internal static partial class EnvelopeMessage
{
    private const string Kind = "envelope/1";
    private const string TriesProperty = "tries";
    private const int CompressAbove = 32 * 1024;

    public static ServiceBusMessage Write(WebhookEvent webhook)
    {
        var (bytes, encoding) = Compress(webhook.Body);
        var about = JsonSerializer.SerializeToUtf8Bytes(
            new About(webhook.Source, webhook.Type, webhook.IdempotencyKey, webhook.ReceivedAt, webhook.Headers.Encode(), webhook.Body.Length, encoding), AboutJson.Default.About);
        var body = new byte[4 + about.Length + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body, about.Length);
        about.CopyTo(body.AsSpan(4));
        bytes.Span.CopyTo(body.AsSpan(4 + about.Length));
        return new ServiceBusMessage(body)
        {
            MessageId = $"{webhook.Id}/envelope",
            Subject = webhook.Type,
            ContentType = "application/vnd.sluice.envelope",
            ApplicationProperties = { [BellMessage.KindProperty] = Kind, ["event"] = webhook.Id.ToString(), ["source"] = webhook.Source },
        };
    }

    /// <summary>The event, or null for a message that holds none or a damaged one.</summary>
    public static WebhookEvent? Read(ServiceBusReceivedMessage message)
    {
        if (!BellMessage.IsKind(message, "envelope")) return null;
        var body = message.Body.ToMemory();
        if (body.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(body.Span) is var length && (length < 0 || length > body.Length - 4)) return null;
        try
        {
            var about = JsonSerializer.Deserialize(body.Span.Slice(4, length), AboutJson.Default.About);
            if (about is not { Source: not null, Type: not null, Key: not null, Headers: not null, Encoding: null or "br" } || about.ReceivedAt == default) return null;
            var bytes = body[(4 + length)..];
            if (about.Encoding is not null) bytes = Expand(bytes, about.Length);
            if (bytes.Length != about.Length) return null;
            return new WebhookEvent
            {
                Id = EventId.Of(about.Source, about.Key), Source = about.Source, Type = about.Type, IdempotencyKey = about.Key,
                ReceivedAt = about.ReceivedAt, Headers = HeaderList.Decode(about.Headers), Body = bytes,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The message once more for later, when the store may be back: 1 to 15 minutes, longer each time.</summary>
    public static ServiceBusMessage SendOn(ServiceBusReceivedMessage message, EventId id, DateTimeOffset now)
    {
        var tries = BellMessage.Number(message.ApplicationProperties, TriesProperty) ?? 0;
        return new ServiceBusMessage(message)
        {
            MessageId = string.Create(CultureInfo.InvariantCulture, $"{id}/envelope/{tries + 1}"),
            ScheduledEnqueueTime = now + TimeSpan.FromMinutes(Math.Min(1 << Math.Min(tries, 4), 15)),
            ApplicationProperties = { [TriesProperty] = tries + 1 },
        };
    }

    private static (ReadOnlyMemory<byte> Bytes, string? Encoding) Compress(ReadOnlyMemory<byte> body)
    {
        if (body.Length <= CompressAbove) return (body, null);
        var smaller = new byte[body.Length - 1];
        return BrotliEncoder.TryCompress(body.Span, smaller, out var written, quality: 1, window: 22) ? (smaller.AsMemory(0, written), "br") : (body, null);
    }

    private static ReadOnlyMemory<byte> Expand(ReadOnlyMemory<byte> bytes, int length)
    {
        if (length is < 0 or > Configuration.SourceSettings.LargestMaxBodyBytes) return default;
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(bytes.Span, body, out var written) && written == length ? body : default;
    }

    internal sealed record About(string Source, string Type, string Key, DateTimeOffset ReceivedAt, string Headers, int Length, string? Encoding);

    [JsonSerializable(typeof(About))]
    internal sealed partial class AboutJson : JsonSerializerContext;
}
