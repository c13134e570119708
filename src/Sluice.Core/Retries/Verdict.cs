using Sluice.Events;

namespace Sluice.Retries;

/// <summary>What becomes of a delivery after an attempt.</summary>
public sealed record Verdict
{
    private Verdict()
    {
    }

    public static Verdict Delivered { get; } = new() { Status = DeliveryStatus.Delivered };

    /// <summary>Delivered, DeadLettered, Skipped or Retrying.</summary>
    public required DeliveryStatus Status { get; init; }

    /// <summary>When it is tried again; null at an end.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Why, in one line; null when delivered.</summary>
    public string? Reason { get; init; }

    public static Verdict RetryAt(DateTimeOffset at, string reason) => new() { Status = DeliveryStatus.Retrying, At = at, Reason = reason };

    public static Verdict Skipped(string reason) => new() { Status = DeliveryStatus.Skipped, Reason = reason };

    public static Verdict DeadLettered(string reason) => new() { Status = DeliveryStatus.DeadLettered, Reason = reason };
}
