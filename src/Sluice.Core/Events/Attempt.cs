namespace Sluice.Events;

/// <summary>How an attempt ended. The numbers are stored: they never change.</summary>
public enum AttemptOutcome
{
    Done = 0,
    Retry = 1,
    DeadLetter = 2,

    /// <summary>Nobody knows: the process died or the lease ran out while it was under way.</summary>
    Unknown = 3,
}

/// <summary>One try of a delivery, as it is kept.</summary>
public sealed record Attempt
{
    /// <summary>1 for the first; goes on over replays.</summary>
    public required int Number { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The destination's HTTP status, where there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Why it failed, in one line; null when it did not.</summary>
    public string? Error { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }
}
