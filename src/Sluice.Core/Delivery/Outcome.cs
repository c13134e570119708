using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>What a handler says of its attempt: Done, Retry or DeadLetter. An exception is a Retry with its message as reason.</summary>
public sealed record Outcome
{
    private Outcome()
    {
    }

    /// <summary>Delivered.</summary>
    public static Outcome Done { get; } = new() { Kind = AttemptOutcome.Done };

    public required AttemptOutcome Kind { get; init; }

    /// <summary>Why it was not delivered, in one line; null for Done.</summary>
    public string? Reason { get; init; }

    /// <summary>How long the destination asked to be left alone; honoured up to the destination's MaxDelay.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>Whether the destination gets nothing more until a person has resumed it.</summary>
    public bool Disables { get; init; }

    /// <summary>The destination's HTTP status, where there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Try again later: the fault may heal by itself.</summary>
    public static Outcome Retry(string reason, TimeSpan? after = null) => new() { Kind = AttemptOutcome.Retry, Reason = reason, After = after };

    /// <summary>Do not try again: a person has to look at it.</summary>
    public static Outcome DeadLetter(string reason) => new() { Kind = AttemptOutcome.DeadLetter, Reason = reason };

    /// <summary>Nobody knows what became of the attempt. Not for handlers: what they do not know they retry.</summary>
    internal static Outcome Unknown(string reason) => new() { Kind = AttemptOutcome.Unknown, Reason = reason };
}
