namespace Sluice.Destinations;

/// <summary>What one process has seen of a destination and not written down yet: whether it worked, then what failed since.</summary>
public sealed record Tries
{
    public static Tries None { get; } = new();

    /// <summary>Whether an attempt succeeded. The failures here came after it.</summary>
    public bool Succeeded { get; init; }

    /// <summary>How many attempts failed.</summary>
    public long Failures { get; init; }

    /// <summary>When the first of them ended.</summary>
    public DateTimeOffset FirstAt { get; init; }

    /// <summary>When the last of them ended.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>What the last of them met, fit to be shown.</summary>
    public string? LastError { get; init; }

    /// <summary>Whether the delivery of the last of them is tried again by itself.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>Why the destination is to get nothing more; null where no answer said so.</summary>
    public string? Disables { get; init; }

    /// <summary>The hour of <see cref="DeadLetters"/>.</summary>
    public DateTimeOffset Hour { get; init; }

    /// <summary>How many deliveries became dead letters in that hour.</summary>
    public long DeadLetters { get; init; }

    /// <summary>By which it is seen whether they were written after all where the answer to a write did not come; 0 while nobody has tried to write them.</summary>
    public long Mark { get; init; }

    public bool IsNothing => !Succeeded && Failures == 0 && DeadLetters == 0;

    /// <summary>One attempt later, which failed.</summary>
    public Tries Failed(DateTimeOffset at, string error, bool isWaiting, bool isDead, string? disables)
    {
        var hour = Health.HourOf(at);
        return this with
        {
            Failures = Failures + 1, FirstAt = Failures == 0 ? at : FirstAt, LastAt = at, LastError = error, IsWaiting = isWaiting, Disables = disables ?? Disables,
            Hour = isDead ? hour : Hour, DeadLetters = (isDead ? 1 : 0) + (Hour == hour || !isDead ? DeadLetters : 0),
        };
    }

    /// <summary>One attempt later, which succeeded.</summary>
    public Tries Worked() => new() { Succeeded = true, Hour = Hour, DeadLetters = DeadLetters };

    /// <summary>These and then those.</summary>
    public Tries Then(Tries later)
    {
        if (IsNothing) return later;
        var (hour, dead) = later.DeadLetters == 0 ? (Hour, DeadLetters) : (later.Hour, later.DeadLetters + (later.Hour == Hour ? DeadLetters : 0));
        if (later.Succeeded || Failures == 0) return later with { Succeeded = Succeeded || later.Succeeded, Hour = hour, DeadLetters = dead };
        if (later.Failures == 0) return this with { Hour = hour, DeadLetters = dead, Mark = 0 };
        return later with { Succeeded = Succeeded, Failures = Failures + later.Failures, FirstAt = FirstAt, Disables = later.Disables ?? Disables, Hour = hour, DeadLetters = dead };
    }
}
