using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>A delivery as <see cref="InMemoryEventStore"/> holds it.</summary>
internal sealed class KeptDelivery(DeliveryId id)
{
    public DeliveryId Id => id;

    public DeliveryStatus Status { get; set; }

    public string? Reason { get; set; }

    public DateTimeOffset? NextAttemptAt { get; set; }

    public DateTimeOffset Due { get; set; }

    /// <summary>It waits with its destination; <see cref="Due"/> is then its place in line.</summary>
    public bool IsParked { get; set; }

    /// <summary>Null where it is in no order.</summary>
    public Place? Place { get; set; }

    public bool IsOutOfOrder { get; set; }

    /// <summary>Another of its line was before it when it was last claimed: it is not due.</summary>
    public bool IsBehind { get; set; }

    /// <summary>Its event was let go.</summary>
    public bool IsGone { get; set; }

    public bool IsInLine => Place is not null && !IsOutOfOrder && !IsGone && (!Status.IsEnd() || HoldsLine);

    public bool HoldsLine => Place is { Holds: true } && !IsOutOfOrder && Status == DeliveryStatus.DeadLettered;

    /// <summary>The last attempt that was begun.</summary>
    public int Number { get; set; }

    public int CountedFrom { get; set; }

    /// <summary>Set while an attempt is claimed.</summary>
    public Lease? Lease { get; set; }

    public DateTimeOffset EndedAt { get; private set; }

    public SortedDictionary<int, Attempt> Attempts { get; } = [];

    /// <summary>What its due row rings: the next attempt, or a look at the one under way.</summary>
    public Bell Bell => new(id, Lease is null ? Number + 1 : Number);

    public Claim? HeldClaim => Lease is null ? null : new Claim { Delivery = id, Attempt = Number, CountedFrom = CountedFrom, Lease = Lease };

    public bool IsHeld(DateTimeOffset now) => Lease is not null && Lease.Until > now;

    public void End(DeliveryStatus status, string? reason, DateTimeOffset at)
    {
        (Status, Reason, EndedAt) = (status, reason, at);
        (NextAttemptAt, Lease, IsParked, IsBehind) = (null, null, false, false);
    }

    /// <summary>What is known of an attempt is not made unknown again; otherwise the first word stands, and the claim's own holder has the last.</summary>
    public void Keep(Attempt attempt, bool fromHolder)
    {
        if (fromHolder || !Attempts.TryGetValue(attempt.Number, out var kept) || kept.Outcome == AttemptOutcome.Unknown) Attempts[attempt.Number] = attempt;
    }

    public DeliveryRecord ToRecord() => new()
    {
        Destination = id.Destination, Status = Status, Reason = Reason, NextAttemptAt = NextAttemptAt, IsOutOfOrder = IsOutOfOrder, Attempts = [.. Attempts.Values],
    };
}

/// <summary>An event as <see cref="InMemoryEventStore"/> holds it.</summary>
internal sealed record KeptEvent(WebhookEvent Event, List<KeptDelivery> Deliveries)
{
    public EventRecord ToRecord() => new()
    {
        Id = Event.Id,
        Source = Event.Source,
        Type = Event.Type,
        IdempotencyKey = Event.IdempotencyKey,
        ReceivedAt = Event.ReceivedAt,
        BodyBytes = Event.Body.Length,
        Headers = Event.Headers,
        Deliveries = [.. Deliveries.Select(delivery => delivery.ToRecord())],
    };
}
