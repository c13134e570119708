using Sluice.Events;

namespace Sluice.Core.Tests.Providers;

/// <summary>A request that was kept as one event, for taking apart.</summary>
public static class Batch
{
    public static WebhookEvent Of(Envelope envelope) => new()
    {
        Id = EventId.Of("it", "batch"),
        Source = "it",
        Type = WebhookEvent.BatchType,
        IdempotencyKey = "batch",
        ReceivedAt = envelope.ReceivedAt,
        Headers = envelope.Headers,
        Body = envelope.Body,
    };
}
