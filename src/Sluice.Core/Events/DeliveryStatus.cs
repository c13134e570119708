namespace Sluice.Events;

/// <summary>Where a delivery stands. The numbers are stored: they never change.</summary>
public enum DeliveryStatus
{
    /// <summary>Waits for its first attempt, or for the first since a replay.</summary>
    Pending = 0,

    /// <summary>Failed at least once and is tried again.</summary>
    Retrying = 1,

    Delivered = 2,

    /// <summary>Not tried again by itself; a person can read, fix and replay it.</summary>
    DeadLettered = 3,

    /// <summary>Ended by policy: older than the retention.</summary>
    Expired = 4,

    /// <summary>Ended without a delivery for the reason given, such as a purge.</summary>
    Skipped = 5,
}

public static class DeliveryStatuses
{
    /// <summary>Whether nothing more happens to a delivery of this status by itself.</summary>
    public static bool IsEnd(this DeliveryStatus status) => status >= DeliveryStatus.Delivered;
}
