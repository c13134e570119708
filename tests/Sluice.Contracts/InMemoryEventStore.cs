using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>The book in memory: one lock, and every promise in the plainest words. The measure for the stores that keep it on disk.</summary>
public sealed partial class InMemoryEventStore : IEventStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<EventId, KeptEvent> events = [];

    /// <summary>False makes a store that takes every completion: the simulation has to notice.</summary>
    internal bool IsFenced { get; init; } = true;

    /// <summary>False makes a store that does not look who is first in a line.</summary>
    internal bool IsOrdered { get; init; } = true;

    public ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!events.TryGetValue(booking.Event.Id, out var kept))
            {
                Insert(booking);
                return new(new Booked(IsDuplicate: false));
            }

            var isConflict = !kept.Event.Body.Span.SequenceEqual(booking.Event.Body.Span);
            return new(new Booked(IsDuplicate: true, isConflict, kept.Deliveries.Any(delivery => delivery.Status == DeliveryStatus.DeadLettered)));
        }
    }

    /// <summary>Writes over whatever is there, as a store would that checks first and inserts later.</summary>
    internal void Overwrite(Booking booking)
    {
        lock (gate) Insert(booking);
    }

    public ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Find(bell.Delivery) is not { } delivery) return new(new ClaimAnswer(ClaimResult.Missing));
            if (delivery.Status.IsEnd() || bell.Attempt != delivery.Bell.Attempt) return new(new ClaimAnswer(ClaimResult.Stale));
            if (delivery.IsHeld(now)) return new(new ClaimAnswer(ClaimResult.Leased));
            if (delivery.Lease is not null) return new(new ClaimAnswer(ClaimResult.Lapsed, delivery.HeldClaim));

            if (IsOrdered && delivery.IsInLine && LineOf(delivery).First != delivery)
            {
                (delivery.IsBehind, delivery.IsParked) = (true, false);
                return new(new ClaimAnswer(ClaimResult.Behind));
            }

            (delivery.Number, delivery.Lease, delivery.Due, delivery.IsParked, delivery.IsBehind) = (bell.Attempt, lease, lease.Until, false, false);
            return new(new ClaimAnswer(ClaimResult.Claimed, delivery.HeldClaim! with { Place = ClaimedPlace(delivery) }));
        }
    }

    public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var claim = completion.Claim;
            if (Find(claim.Delivery) is not { } delivery) return new(new Recorded(IsHeld: false));
            var isHolder = delivery.Number == claim.Attempt && delivery.Lease?.Token == claim.Lease.Token;
            delivery.Keep(completion.Attempt, isHolder);
            if (!isHolder && IsFenced) return new(new Recorded(IsHeld: false));

            if (completion.ReleasesLine) delivery.Place = delivery.Place is { } place ? place with { Holds = false } : null;
            if (completion.Status.IsEnd()) delivery.End(completion.Status, completion.Reason, completion.At);
            else (delivery.Status, delivery.Reason, delivery.NextAttemptAt, delivery.Due, delivery.Lease) =
                (completion.Status, completion.Reason, completion.NextAttemptAt, completion.Due!.Value, null);
            if (completion.Status == DeliveryStatus.Delivered) NoteSent(delivery);
            return new(new Recorded(IsHeld: true, MoveOn(delivery, completion.At)));
        }
    }

    public ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Find(bell.Delivery) is { } delivery && !delivery.Status.IsEnd() && !delivery.IsBehind && delivery.Bell.Attempt == bell.Attempt) (delivery.Due, delivery.IsParked) = (due, false);
            return ValueTask.CompletedTask;
        }
    }

    public ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Find(bell.Delivery) is not { Lease: null } delivery || delivery.Status.IsEnd() || delivery.Bell.Attempt != bell.Attempt) return new(false);
            // Behind another of its line it waits already, and is asked again when it is its turn.
            if (!delivery.IsParked && !delivery.IsBehind) (delivery.Due, delivery.IsParked) = (delivery.Due < now ? delivery.Due : now, true);
            return new(true);
        }
    }

    public ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Find(delivery) is not { } kept || !kept.Status.IsEnd()) return new((Bell?)null);
            if (onlyDead && kept.Status != DeliveryStatus.DeadLettered) return new((Bell?)null);
            // The dead letter that holds its line goes on in its place; whatever left it before is out of order.
            kept.IsOutOfOrder = kept.Place is not null && !kept.HoldsLine;
            (kept.Status, kept.Reason, kept.Due, kept.CountedFrom) = (DeliveryStatus.Pending, null, due, kept.Number);
            return new(kept.Bell);
        }
    }

    public ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!events.TryGetValue(delivery.Event, out var kept) || Find(delivery) is not null) return new((Bell?)null);
            var added = new KeptDelivery(delivery) { Due = due };
            kept.Deliveries.Add(added);
            return new(added.Bell);
        }
    }

    public ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Find(delivery) is not { Status: DeliveryStatus.DeadLettered } kept) return new(false);
            kept.End(DeliveryStatus.Skipped, reason, at);
            MoveOn(kept, at);
            return new(true);
        }
    }

    public ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var (expired, deleted, touched) = (0, 0, 0);
            foreach (var kept in events.Values.Where(kept => kept.Event.ReceivedAt < before).OrderBy(kept => kept.Event.ReceivedAt).ToList())
            {
                if (touched == limit) break;
                KeptDelivery[] unfinished = [.. kept.Deliveries.Where(delivery => !delivery.Status.IsEnd())];
                KeptDelivery[] free = [.. unfinished.Where(delivery => !delivery.IsHeld(now))];
                foreach (var delivery in free) Expire(delivery, now);
                expired += free.Length;
                if (unfinished.Length == 0)
                {
                    events.Remove(kept.Event.Id);
                    LetGo(kept, now);
                    deleted++;
                }

                if (unfinished.Length == 0 || free.Length > 0) touched++;
            }

            return new(new Retained(expired, deleted));
        }
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private void Expire(KeptDelivery delivery, DateTimeOffset now)
    {
        // Somebody began an attempt and was not heard of again: it stays in the book as unknown.
        if (delivery.Lease is not null)
            delivery.Keep(new Attempt { Number = delivery.Number, Outcome = AttemptOutcome.Unknown, StartedAt = now, Duration = TimeSpan.Zero }, fromHolder: false);
        delivery.End(DeliveryStatus.Expired, "older than the retention", now);
        MoveOn(delivery, now);
    }

    private void Insert(Booking booking)
    {
        var webhook = booking.Event with { Body = booking.Event.Body.ToArray() };
        events[webhook.Id] = new KeptEvent(webhook, [.. booking.Deliveries.Select(delivery => new KeptDelivery(new(webhook.Id, delivery.Destination))
        {
            Due = delivery.Due, Lease = delivery.Lease, Number = delivery.Lease is null ? 0 : 1, Place = delivery.Place,
        })]);
        foreach (var delivery in events[webhook.Id].Deliveries.Where(delivery => delivery.Place is not null)) LineOf(delivery).Add(delivery);
    }

    private KeptDelivery? Find(DeliveryId id) =>
        events.TryGetValue(id.Event, out var kept) ? kept.Deliveries.Find(delivery => delivery.Id.Destination == id.Destination) : null;
}
