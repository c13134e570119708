using System.Text.Json.Serialization;
using Sluice.Configuration;

namespace Sluice.Delivery.Pacing;

/// <summary>Where a breaker stands at a moment.</summary>
public enum BreakerState
{
    /// <summary>Attempts are made.</summary>
    Closed = 0,

    /// <summary>None is made until the pause is over.</summary>
    Open,

    /// <summary>The pause is over: one attempt may be made, to see.</summary>
    HalfOpen,

    /// <summary>That one is under way.</summary>
    Probing,
}

/// <summary>
/// The breaker of one destination, as all instances share it. Closed; open after so many failures in a row; half open when its pause is
/// over; then one probe: closed again, or open for twice as long. Each change is a new one: nothing here acts.
/// </summary>
public sealed record Breaker
{
    /// <summary>The kind of its documents.</summary>
    public const string Kind = "breaker";

    public static Breaker Closed { get; } = new();

    /// <summary>When its pause ends; null while it is closed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How long the pause is.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>The probe under way.</summary>
    public Probe? Probe { get; init; }

    /// <summary>When it closed last, from which the backlog drains; null where it was never open.</summary>
    public DateTimeOffset? RecoveredAt { get; init; }

    [JsonIgnore]
    public bool IsClosed => Until is null;

    /// <summary>A pause that ends later than any could is a clock's that was set since: it is over.</summary>
    public BreakerState At(DateTimeOffset now, BreakerOptions options) =>
        Until is not { } until ? BreakerState.Closed
        : until > now && until - now <= options.MaxPause ? BreakerState.Open
        : Probe is { } probe && probe.Until > now ? BreakerState.Probing
        : BreakerState.HalfOpen;

    /// <summary>Opens a closed one; null when it is open already.</summary>
    public Breaker? Opened(BreakerOptions options, DateTimeOffset now)
    {
        var pause = Shorter(options.Pause, options.MaxPause);
        return IsClosed ? this with { Until = now + pause, Pause = pause } : null;
    }

    /// <summary>Gives out the probe; null when there is none to give.</summary>
    public Breaker? Probing(Probe probe, BreakerOptions options, DateTimeOffset now) => At(now, options) == BreakerState.HalfOpen ? this with { Probe = probe } : null;

    /// <summary>The probe got through. Null when it is not the one under way any more.</summary>
    public Breaker? Recovered(long probe, DateTimeOffset now) => Probe?.Token == probe ? new Breaker { RecoveredAt = now } : null;

    /// <summary>The probe failed: open for twice as long. Null when it is not the one under way any more.</summary>
    public Breaker? FailedAgain(long probe, BreakerOptions options, DateTimeOffset now)
    {
        var pause = Shorter(Pause * 2, options.MaxPause);
        return Probe?.Token == probe ? this with { Until = now + pause, Pause = pause, Probe = null } : null;
    }

    /// <summary>The probe was not needed. Null when it is not the one under way any more.</summary>
    public Breaker? GivenBack(long probe) => Probe?.Token == probe ? this with { Probe = null } : null;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

/// <summary>The one attempt of a half-open breaker.</summary>
/// <param name="Token">Tells it from any other.</param>
/// <param name="Until">When nobody waits for it any more.</param>
public sealed record Probe(long Token, DateTimeOffset Until);
