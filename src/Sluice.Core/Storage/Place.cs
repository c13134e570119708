using Sluice.Processing;

namespace Sluice.Storage;

/// <summary>
/// A delivery's place in a line: those of its destination with the same order key go one after another, in the order of keeping. Which place
/// that is the book says.
/// </summary>
/// <param name="Key">The order key as <see cref="Delivery.OrderKey"/> writes it.</param>
/// <param name="Holds">Whether it keeps the place as a dead letter, until somebody has replayed or purged it.</param>
/// <param name="SentAt">The sender's own time of the event, where its destination asks for it.</param>
public sealed record Place(string Key, bool Holds, DateTimeOffset? SentAt = null);

/// <summary>What the book says of a claimed delivery's place.</summary>
/// <param name="IsOutOfOrder">It left the line at an end and was replayed.</param>
/// <param name="DeliveredUpTo">The latest of the senders' times that were delivered for its order key; null where none was.</param>
public sealed record ClaimedPlace(bool IsOutOfOrder, DateTimeOffset? SentAt, DateTimeOffset? DeliveredUpTo);

/// <summary>The answer to a completion; true where it holds.</summary>
/// <param name="IsHeld">False when the fence refused it: the delivery has moved on without this claim.</param>
/// <param name="Next">Whose turn it is now, where an end made it somebody's: to be rung at once. Its due time is no later than for any bell that was rung.</param>
public readonly record struct Recorded(bool IsHeld, Bell? Next = null)
{
    public static implicit operator bool(Recorded recorded) => recorded.ToBoolean();

    public bool ToBoolean() => IsHeld;
}
