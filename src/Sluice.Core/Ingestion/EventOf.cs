using System.Security.Cryptography;
using System.Text;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>What a request, or an item of a batch, is called once it is known to be genuine: its idempotency key, its id, its type.</summary>
public static class EventOf
{
    private const int LongestName = 200;

    /// <summary>The event that a verified request is.</summary>
    public static WebhookEvent Request(Source source, Envelope envelope)
    {
        // A batch mostly has no id of its own: the same one again is the same bytes.
        var (id, type) = source.Provider.IsBatch(envelope) ? new(source.Provider.BatchId(envelope), WebhookEvent.BatchType) : source.Provider.Describe(envelope, source.Settings);
        return NewEvent(source.Name, id, type, envelope.ReceivedAt, KeptHeaders.Of(envelope.Headers, source.Scheme.CredentialNames), envelope.Body);
    }

    /// <summary>The event that an item of a batch is.</summary>
    public static WebhookEvent Item(WebhookEvent batch, BatchItem item) =>
        NewEvent(batch.Source, item.Id, item.Type, batch.ReceivedAt, item.ContentType is null ? batch.Headers : batch.Headers.With("Content-Type", item.ContentType), item.Body);

    private static WebhookEvent NewEvent(string source, string? id, string? type, DateTimeOffset receivedAt, HeaderList headers, ReadOnlyMemory<byte> body)
    {
        var key = string.IsNullOrEmpty(id) ? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(body.Span))}"
            : id.Length <= LongestName && SafeText.IsPlain(id) ? id
            : $"id-sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}";
        return new WebhookEvent
        {
            Id = EventId.Of(source, key),
            Source = source,
            Type = string.IsNullOrEmpty(type) || type.Length > LongestName || !SafeText.IsPlain(type) ? WebhookEvent.UnknownType : type,
            IdempotencyKey = key,
            ReceivedAt = receivedAt,
            Headers = headers,
            Body = body,
        };
    }
}
