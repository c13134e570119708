using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Providers;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Ingestion;

/// <summary>Turns an envelope into a kept event: verify, describe, match, book, ring. When it returns Accepted or Duplicate the event is durable.</summary>
public sealed partial class Ingestor(
    LiveConfiguration configuration, IEventStore store, ITaskQueue queue, Replayer replayer, Random random, ILogger<Ingestor> logger, IEnvelopeCarrier? carrier = null)
{
    private const int LongestName = 200;

    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was: the sender has to try again.</exception>
    public async ValueTask<Ingested> IngestAsync(Source source, Envelope envelope, CancellationToken cancellationToken)
    {
        if (source.Provider.Greet(envelope, source.Settings) is { } greeting) return new(IngestResult.Answered, Answer: greeting);
        if (envelope.Method != "POST") return new(IngestResult.NotAllowed);
        if (source.Verifier is null || source.Settings.Paused) return new(IngestResult.Closed);
        await source.Verifier.FetchAsync(envelope, cancellationToken);
        var check = source.Verifier.Verify(envelope, envelope.ReceivedAt);
        if (!check.IsValid) return new(IngestResult.Rejected, Signature: check.Result);
        if (source.Provider.Handshake(envelope, source.Settings) is { } answer) return new(IngestResult.Answered, Answer: answer);

        var webhook = Describe(source, envelope);
        try
        {
            return await KeepAsync(webhook, source.Provider.IsBatch(envelope) ? source.Splitting : source.Destinations, cancellationToken);
        }
        catch (StoreUnavailableException e) when (carrier is not null)
        {
            // The store may have kept it after all: it is then found to be a duplicate where it arrives.
            Log.Carried(logger, source.Name, webhook.Id, e.Message);
            await CarryAsync(webhook, e, cancellationToken);
            return new(IngestResult.Accepted, webhook.Id);
        }
    }

    /// <summary>Keeps an event that was verified before it travelled in a message.</summary>
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was.</exception>
    public ValueTask<Ingested> KeepAsync(WebhookEvent webhook, CancellationToken cancellationToken) =>
        KeepAsync(webhook, [.. configuration.Current.Destinations.Where(destination => destination.Takes(webhook.Source))], cancellationToken);

    private async ValueTask<Ingested> KeepAsync(WebhookEvent webhook, IReadOnlyList<Destination> destinations, CancellationToken cancellationToken)
    {
        var deliveries = Match(destinations, webhook, out var reserved);
        Booked booked;
        try
        {
            booked = await store.BookAsync(new Booking(webhook, deliveries), cancellationToken);
        }
        catch
        {
            for (; reserved > 0; reserved--) queue.Release();
            throw;
        }

        if (booked.IsDuplicate)
        {
            for (; reserved > 0; reserved--) queue.Release();
            await AfterDuplicateAsync(webhook, booked, cancellationToken);
            return new(IngestResult.Duplicate, webhook.Id);
        }

        Telemetry.Accepted.Add(1, new KeyValuePair<string, object?>("source", webhook.Source));
        foreach (var delivery in deliveries) await RingAsync(webhook, delivery);
        return new(IngestResult.Accepted, webhook.Id);
    }

    private static WebhookEvent Describe(Source source, Envelope envelope)
    {
        // A batch has no id of its own: the same one again is the same bytes.
        var (id, type) = source.Provider.IsBatch(envelope) ? new(null, WebhookEvent.BatchType) : source.Provider.Describe(envelope, source.Settings);
        return NewEvent(source.Name, id, type, envelope.ReceivedAt, KeptHeaders.Of(envelope.Headers), envelope.Body);
    }

    /// <summary>The event that an item of a batch is.</summary>
    public static WebhookEvent ItemOf(WebhookEvent batch, BatchItem item) => NewEvent(batch.Source, item.Id, item.Type, batch.ReceivedAt, item.ContentType is { } type ? batch.Headers.With("Content-Type", type) : batch.Headers, item.Body);

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

    private List<BookedDelivery> Match(IReadOnlyList<Destination> destinations, WebhookEvent webhook, out int reserved)
    {
        reserved = 0;
        var deliveries = new List<BookedDelivery>(destinations.Count);
        foreach (var destination in destinations)
        {
            if (!destination.TakesType(webhook.Type)) continue;
            if (queue.TryReserve())
            {
                reserved++;
                var lease = Leases.For(destination.Settings, webhook.ReceivedAt, random);
                deliveries.Add(new(destination.Name, lease.Until, lease));
            }
            else
            {
                deliveries.Add(new(destination.Name, webhook.ReceivedAt + queue.Grace, null));
            }
        }

        return deliveries;
    }

    // Not cancellable: what is booked is rung, and a reserved worker gets its delivery.
    private async ValueTask RingAsync(WebhookEvent webhook, BookedDelivery delivery)
    {
        var id = new DeliveryId(webhook.Id, delivery.Destination);
        var bell = new Bell(id, Attempt: 1)
        {
            Claim = delivery.Lease is null ? null : new Claim { Delivery = id, Attempt = 1, CountedFrom = 0, Lease = delivery.Lease, Event = webhook },
            TraceParent = Activity.Current?.Id,
            Label = new(webhook.Source, webhook.Type),
        };
        try
        {
            await queue.RingAsync(bell, webhook.ReceivedAt, CancellationToken.None);
        }
        catch (QueueUnavailableException e)
        {
            // The event is kept and its due row brings it back: the sender's answer does not depend on the queue.
            Log.NotRung(logger, id, e.Message);
        }
    }

    private async ValueTask CarryAsync(WebhookEvent webhook, StoreUnavailableException cause, CancellationToken cancellationToken)
    {
        try
        {
            await carrier!.CarryAsync(webhook, cancellationToken);
        }
        catch (QueueUnavailableException e)
        {
            throw new StoreUnavailableException($"{cause.Message}; and it could not travel in a message either: {e.Message}", e);
        }
    }

    private async ValueTask AfterDuplicateAsync(WebhookEvent webhook, Booked booked, CancellationToken cancellationToken)
    {
        Telemetry.Duplicates.Add(1, new KeyValuePair<string, object?>("source", webhook.Source));
        if (booked.IsConflict) Log.Conflict(logger, webhook.Source, webhook.Id);
        if (booked.HasDeadLetter && configuration.Current.Settings.RedeliveryReplays)
        {
            var replayed = await replayer.ReplayEventAsync(webhook.Id, onlyDead: true, cancellationToken);
            Log.RedeliveryReplayed(logger, webhook.Source, webhook.Id, replayed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bell for {Delivery} not rung, its due row brings it back: {Reason}")]
        public static partial void NotRung(ILogger logger, DeliveryId delivery, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Source} sent event {Event} again with other bytes; the first are kept")]
        public static partial void Conflict(ILogger logger, string source, EventId @event);

        [LoggerMessage(4, LogLevel.Warning, "{Source}: the store is away, event {Id} travels in a message: {Reason}")]
        public static partial void Carried(ILogger logger, string source, EventId id, string reason);

        [LoggerMessage(3, LogLevel.Information, "{Source} redelivered event {Event}: {Count} dead letters replayed")]
        public static partial void RedeliveryReplayed(ILogger logger, string source, EventId @event, int count);
    }
}
