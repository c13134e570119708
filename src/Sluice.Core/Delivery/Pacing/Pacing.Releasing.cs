using Sluice.Destinations;

namespace Sluice.Delivery.Pacing;

/// <summary>What of that which waits may go.</summary>
public sealed partial class Pacing
{
    /// <summary>How long a probe that was let go may be on its way before another is.</summary>
    private static readonly TimeSpan ProbeOnItsWay = TimeSpan.FromSeconds(1);

    private static readonly IReadOnlyList<DateTimeOffset> Nothing = [];

    /// <summary>The moments at which parked deliveries may go, each one delivery's. They are spread, at the rate that is allowed.</summary>
    /// <param name="destination">Null for one that is not configured any more: its deliveries go and end.</param>
    /// <param name="by">How far ahead.</param>
    /// <param name="most">How many at most.</param>
    public async ValueTask<Release> ReleaseAsync(string name, Destination? destination, TimeSpan by, int most, CancellationToken cancellationToken)
    {
        var (now, lane) = (time.GetUtcNow(), LaneOf(name));
        if (destination is null || destination.Standing is { State: DestinationState.Removed, Pending: not PendingOnRemoval.Deliver }) return Go(null, new());
        var (standing, settings) = (destination.Standing, destination.Settings);
        if (standing.State is DestinationState.Paused or DestinationState.Disabled) return new(Nothing, null);
        if (!HasBreaker(settings)) return Go(standing.Since, settings.Limits);

        await breakers.RefreshAsync(cancellationToken);
        var breaker = breakers.Of(name);
        switch (breaker.At(now, settings.Breaker))
        {
            case BreakerState.Open:
                return new(Nothing, breaker.Until);
            case BreakerState.Probing:
                return new(Nothing, breaker.Probe!.Until);
            case BreakerState.HalfOpen:
                most = 1;
                var probe = Go(null, settings.Limits);
                return probe with { Next = now + ProbeOnItsWay };
            default:
                return Go(Later(standing.Since, breaker.RecoveredAt), settings.Limits);
        }

        Release Go(DateTimeOffset? since, Configuration.DeliveryLimits limits)
        {
            var (moments, end) = lane.Go(since, limits, now, by, most);
            // As many are under way as may be: an attempt that ends makes room, and says so.
            if (moments.Count == 0 && lane.Used >= limits.Concurrency) return new(moments, null);
            // When half of the way is gone there is room for more.
            var next = end - (by / 2);
            return new(moments, next > now ? next : now + (by / 2));
        }
    }

    /// <summary>Whether something may be parked with a destination.</summary>
    public void Wait(string name, bool waits)
    {
        if (waits) LaneOf(name).Waits = true;
        else LaneOf(name).SawNothing(time.GetUtcNow());
    }

    /// <summary>Fewer went than might have.</summary>
    internal void Fewer(string name, Release release, int gone)
    {
        if (gone < release.Moments.Count) LaneOf(name).Gone(release.Moments[gone]);
    }

    private static DateTimeOffset? Later(DateTimeOffset? a, DateTimeOffset? b) => a is null || b > a ? b : a;
}

/// <summary>What of a destination's parked deliveries may go.</summary>
/// <param name="Moments">One delivery's each.</param>
/// <param name="Next">When to look again; null: when the destination has changed.</param>
public sealed record Release(IReadOnlyList<DateTimeOffset> Moments, DateTimeOffset? Next);
