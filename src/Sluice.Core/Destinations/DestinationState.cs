namespace Sluice.Destinations;

/// <summary>Whether a destination is delivered to. In every state but Removed it goes on taking events: what may not go now is kept.</summary>
public enum DestinationState
{
    /// <summary>Delivered to.</summary>
    Active = 0,

    /// <summary>A person wants nothing delivered for a while.</summary>
    Paused,

    /// <summary>Sluice delivers nothing any more until a person resumes it: it was gone (410) or had failed for too long.</summary>
    Disabled,

    /// <summary>Takes no events any more; what is pending ends as the removal said.</summary>
    Removed,
}

/// <summary>Where a destination stands.</summary>
/// <param name="Reason">Why, in one line; null while active.</param>
/// <param name="Since">Since when; for an active one when it was resumed last, from which its backlog drains.</param>
public sealed record Standing(DestinationState State, string? Reason, DateTimeOffset? Since)
{
    public static Standing Active { get; } = new(DestinationState.Active, null, null);

    /// <summary>For a removed one: what becomes of the deliveries that are pending.</summary>
    public PendingOnRemoval Pending { get; init; }
}

/// <summary>What a removal does with deliveries that are not at an end.</summary>
public enum PendingOnRemoval
{
    /// <summary>They are delivered; no event is added.</summary>
    Deliver = 0,

    /// <summary>They end as dead letters, which a person can look at and replay once the destination is back.</summary>
    DeadLetter,

    /// <summary>They end as Skipped.</summary>
    Skip,
}
