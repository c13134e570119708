namespace Sluice.Delivery.Pacing;

/// <summary>
/// At which rate what waited is let go: after a pause or an outage slowly at first, so that whoever has just come back is not run over. The
/// rate grows by the same each second, so that the busiest second of a recovery is less than twice its mean.
/// </summary>
public static class Drain
{
    /// <summary>Deliveries a second in the first second, and so many more in each that follows.</summary>
    public const double Step = 20;

    /// <param name="since">Since when it goes again; null: it always went, and nothing is spread.</param>
    /// <param name="limit">What the destination may be given a second; null: as many as there are.</param>
    public static double Rate(DateTimeOffset? since, double? limit, DateTimeOffset now)
    {
        var ramp = since is { } start ? Step * (1 + Math.Floor(Math.Max(0, (now - start).TotalSeconds))) : double.PositiveInfinity;
        return Math.Min(limit ?? ramp, ramp);
    }

    /// <summary>The moments at which deliveries are let go from one moment to another, at most so many; and where it goes on.</summary>
    public static (IReadOnlyList<DateTimeOffset> Moments, DateTimeOffset Next) Moments(DateTimeOffset? since, double? limit, DateTimeOffset from, DateTimeOffset until, int most)
    {
        var moments = new List<DateTimeOffset>();
        for (; from < until && moments.Count < most; from += Spacing(Rate(since, limit, from))) moments.Add(UpToMillisecond(from));
        return (moments, from);
    }

    // Rounded up: never one more in a second.
    private static TimeSpan Spacing(double rate) => TimeSpan.FromTicks((long)Math.Ceiling(TimeSpan.TicksPerSecond / rate));

    internal static DateTimeOffset UpToMillisecond(DateTimeOffset moment) =>
        moment.Ticks % TimeSpan.TicksPerMillisecond is var rest and > 0 ? moment.AddTicks(TimeSpan.TicksPerMillisecond - rest) : moment;
}
