using System.Diagnostics;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Ingestion;

// What is known to be genuine: match, book, ring.
public sealed partial class Ingestor
{
    /// <summary>Keeps an event that was verified before it travelled in a message, or one that was taken out of a batch.</summary>
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was.</exception>
    /// <param name="now">When that is: it may have been received long ago, and its first attempt begins now.</param>
    /// <param name="isAskedFor">Whether somebody sent it (again): what is dead of it is then replayed. Not so an item of a batch that is taken apart as often as it takes, unless the batch was asked for again.</param>
    public async ValueTask<Ingested> KeepAsync(WebhookEvent webhook, DateTimeOffset now, bool isAskedFor, CancellationToken cancellationToken)
    {
        await shared.EnsureKnownAsync(cancellationToken);
        var live = configuration.Current;
        live.TryGetSource(webhook.Source, out var source);
        var destinations = webhook.Type == WebhookEvent.BatchType && source?.Provider.Split(webhook) is not null ? live.Splitting
            // The source may have left the configuration while its event travelled.
            : source?.Destinations ?? [.. live.Destinations.Where(destination => destination.Takes(webhook.Source))];
        return await KeepAsync(webhook, destinations, now, isAskedFor, cancellationToken);
    }

    /// <summary>Keeps an event for the destinations that are named, as far as they take it.</summary>
    internal async ValueTask<Ingested> KeepAsync(WebhookEvent webhook, IReadOnlyList<Destination> destinations, DateTimeOffset now, bool isAskedFor, CancellationToken cancellationToken)
    {
        var deliveries = Match(destinations, webhook, now);
        Booked booked;
        try
        {
            booked = await store.BookAsync(new Booking(webhook, deliveries), cancellationToken);
        }
        catch
        {
            Release(deliveries);
            throw;
        }

        if (booked.IsDuplicate)
        {
            Release(deliveries);
            Telemetry.Duplicates.Add(1, new KeyValuePair<string, object?>("source", webhook.Source));
            if (booked.IsConflict) Log.Conflict(logger, webhook.Source, webhook.Id);
            if (isAskedFor && configuration.Current.Settings.RedeliveryReplays) await RedeliveredAsync(webhook, booked, destinations is [{ Name: SplitHandler.DestinationName }], cancellationToken);
            return new(IngestResult.Duplicate, webhook.Id, Event: webhook);
        }

        Telemetry.Accepted.Add(1, new KeyValuePair<string, object?>("source", webhook.Source));
        var isAway = false;
        foreach (var delivery in deliveries)
        {
            // The sender waits: a queue that failed once is not waited for again; the others' due rows bring them back too.
            if (!isAway || delivery.Lease is not null) isAway |= !await RingAsync(webhook, delivery, now);
        }

        return new(IngestResult.Accepted, webhook.Id, Event: webhook);
    }

    private List<BookedDelivery> Match(IReadOnlyList<Destination> destinations, WebhookEvent webhook, DateTimeOffset now)
    {
        var deliveries = new List<BookedDelivery>(destinations.Count);
        foreach (var destination in destinations)
        {
            if (!destination.Takes(webhook)) continue;
            var place = Ordering.PlaceOf(destination.Settings.Order, webhook);
            if (place is null && !destination.IsBatching && pacing.MayBegin(destination) && queue.TryReserve(destination.Name))
            {
                var lease = Leases.For(destination.Settings, now, random);
                deliveries.Add(new(destination.Name, lease.Until, lease));
            }
            else
            {
                deliveries.Add(new(destination.Name, now + queue.Grace, null) { Place = place });
            }
        }

        return deliveries;
    }

    private void Release(List<BookedDelivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            if (delivery.Lease is not null) queue.Release(delivery.Destination);
        }
    }

    // Not cancellable: what is booked is rung, and a reserved worker gets its delivery.
    private async ValueTask<bool> RingAsync(WebhookEvent webhook, BookedDelivery delivery, DateTimeOffset now)
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
            await queue.RingAsync(bell, now, CancellationToken.None);
            return true;
        }
        catch (QueueUnavailableException e)
        {
            // The event is kept and its due row brings it back: the sender's answer does not depend on the queue.
            Log.NotRung(logger, id, e.Message);
            return false;
        }
    }

    // What is dead begins anew; what is on its way or arrived stays. Of a batch that was taken apart only its items can be dead: the processor
    // looks at them, since the sender waits here.
    private async ValueTask RedeliveredAsync(WebhookEvent webhook, Booked booked, bool isBatch, CancellationToken cancellationToken)
    {
        if (booked.HasDeadLetter) Log.RedeliveryReplayed(logger, webhook.Source, webhook.Id, await replayer.ReplayEventAsync(webhook.Id, onlyDead: true, cancellationToken));
        else if (isBatch && await replayer.SplitAgainAsync(webhook.Id, cancellationToken)) Log.BatchRedelivered(logger, webhook.Source, webhook.Id);
    }
}
