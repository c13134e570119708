using Sluice.Events;

namespace Sluice.Storage;

/// <summary>What one accepted webhook writes into the book.</summary>
public sealed record Booking(WebhookEvent Event, IReadOnlyList<BookedDelivery> Deliveries);

/// <summary>A delivery as it is booked.</summary>
/// <param name="Due">When it is looked at if no bell reached anyone; for one born claimed the end of its lease.</param>
/// <param name="Lease">Set when it is born claimed, for attempt 1.</param>
public readonly record struct BookedDelivery(string Destination, DateTimeOffset Due, Lease? Lease)
{
    /// <summary>Its place in a line; null where it is in no order. One that has a place is never born claimed.</summary>
    public Place? Place { get; init; }
}

/// <summary>The answer to a booking.</summary>
/// <param name="IsDuplicate">The event was there; nothing was written.</param>
/// <param name="IsConflict">It was there with other bytes.</param>
/// <param name="HasDeadLetter">It was there and one of its deliveries is dead.</param>
public readonly record struct Booked(bool IsDuplicate, bool IsConflict = false, bool HasDeadLetter = false);

/// <summary>The right to one attempt until a moment.</summary>
/// <param name="Token">A random number: two claims of one attempt are told apart by it.</param>
public sealed record Lease(long Token, DateTimeOffset Until);

/// <summary>What became of a wish to claim.</summary>
public enum ClaimResult
{
    /// <summary>Claimed; <see cref="ClaimAnswer.Claim"/> is the right to the attempt.</summary>
    Claimed = 0,

    /// <summary>Somebody holds it until its lease ends.</summary>
    Leased,

    /// <summary>Somebody's lease ran out; <see cref="ClaimAnswer.Claim"/> is theirs. Their attempt is recorded as unknown before there is another.</summary>
    Lapsed,

    /// <summary>The book waits for another attempt than the bell's, or for none.</summary>
    Stale,

    /// <summary>There is no such delivery.</summary>
    Missing,

    /// <summary>Another of its line is before it. The book has put it aside: it is due again when it is its turn.</summary>
    Behind,
}

public readonly record struct ClaimAnswer(ClaimResult Result, Claim? Claim = null);

/// <summary>A delivery that is being attempted. Delivery, attempt and the lease's token together are the fence.</summary>
public sealed record Claim
{
    public required DeliveryId Delivery { get; init; }

    /// <summary>The number of the attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary>The number of the last attempt before booking or the last replay: MaxAttempts counts from here.</summary>
    public required int CountedFrom { get; init; }

    public required Lease Lease { get; init; }

    /// <summary>The event, where it is at hand; otherwise it is loaded.</summary>
    public WebhookEvent? Event { get; init; }

    /// <summary>What is known of its place in a line; null where it has none.</summary>
    public ClaimedPlace? Place { get; init; }

    /// <summary>The store's own mark of the delivery as it was claimed, which spares it a look when the attempt is recorded; null where it needs none.</summary>
    public string? Version { get; init; }
}

/// <summary>How a claimed attempt ended and what becomes of the delivery.</summary>
public sealed record Completion
{
    public required Claim Claim { get; init; }

    public required Attempt Attempt { get; init; }

    public required DeliveryStatus Status { get; init; }

    /// <summary>Why, where it is not delivered.</summary>
    public string? Reason { get; init; }

    /// <summary>When the next attempt is meant to be; null at an end.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the delivery is looked at if no bell reached anyone; null at an end.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>Whether a dead letter lets the next of its line go although its place says that it holds it.</summary>
    public bool ReleasesLine { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>What is due.</summary>
/// <param name="Next">The earliest due time after the asked moment, or null when there is none or more is due than was asked for.</param>
public sealed record DueRows(IReadOnlyList<DueRow> Rows, DateTimeOffset? Next);

public readonly record struct DueRow(Processing.Bell Bell, DateTimeOffset Due);

/// <summary>What a step of retention did.</summary>
public readonly record struct Retained(int Expired, int Deleted);
