namespace Sluice.Delivery.Pacing;

/// <summary>Whether a delivery may be attempted now.</summary>
public enum AdmissionKind
{
    /// <summary>Now.</summary>
    Now = 0,

    /// <summary>Within the next seconds: its bell comes again at that moment.</summary>
    At,

    /// <summary>Not within the next seconds: it gives up its bell and waits with its destination.</summary>
    Park,
}

/// <summary>What <see cref="Pacing"/> says to a bell before it is claimed.</summary>
/// <param name="Moment">For <see cref="AdmissionKind.At"/>: when.</param>
/// <param name="Permit">What was taken for the attempt and is handed in when it has ended, or given back; null where nothing is counted.</param>
public readonly record struct Admission(AdmissionKind Kind, DateTimeOffset Moment = default, Permit? Permit = null)
{
    public static Admission Now => default;

    public static Admission Park { get; } = new(AdmissionKind.Park);

    public static Admission At(DateTimeOffset moment) => new(AdmissionKind.At, moment);
}

/// <summary>The right to one attempt where a destination's attempts are counted.</summary>
public sealed record Permit
{
    /// <summary>The moment that it was made for, where a rate is kept.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>Whether it is one of those that may be under way at once.</summary>
    public bool IsSlot { get; init; }

    /// <summary>The lease of the one attempt that is made while the breaker is half open; null for an ordinary one.</summary>
    public long? Probe { get; init; }
}
