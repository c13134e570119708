namespace Sluice.Delivery.Pacing;

/// <summary>
/// A rate as moments: each attempt has its own, all of them equally far apart over all instances (the generic cell rate algorithm). An attempt
/// is begun at its moment or a little later, never before: no window of ten seconds then holds more than the rate and a tenth.
/// </summary>
public sealed record Rate
{
    private static readonly TimeSpan LongestSlack = TimeSpan.FromMilliseconds(500);

    /// <param name="perSecond">Attempts a second, more than 0.</param>
    public Rate(double perSecond)
    {
        Interval = TimeSpan.FromTicks(Math.Max(1, (long)(TimeSpan.TicksPerSecond / perSecond)));
        Block = Math.Max(1, (int)(perSecond / 4));
        // In ten seconds a tenth more is one second's worth, of which one attempt stands at the window's end: half of the rest is for clocks and claims.
        var spare = TimeSpan.FromSeconds(Math.Max(0, 1 - (1 / perSecond)) / 2);
        Slack = spare < LongestSlack ? spare : LongestSlack;
    }

    /// <summary>How far apart the moments are.</summary>
    public TimeSpan Interval { get; }

    /// <summary>How long after its moment an attempt may begin; later the moment is lost.</summary>
    public TimeSpan Slack { get; }

    /// <summary>How many moments an instance takes at once: a quarter of a second's.</summary>
    public int Block { get; }

    /// <summary>How long a block lasts.</summary>
    public TimeSpan Length => Interval * Block;

    /// <summary>How far ahead moments are taken: no further than they keep.</summary>
    public TimeSpan Lead => Length < Slack ? Length : Slack;
}

/// <summary>Moments that one instance has taken.</summary>
public readonly record struct Moments(DateTimeOffset First, int Count)
{
    /// <summary>Without those that are too long ago.</summary>
    public Moments Since(DateTimeOffset now, Rate rate)
    {
        if (Count == 0 || First >= now - rate.Slack) return this;
        var lost = (int)Math.Min(Count, ((now - rate.Slack - First).Ticks + rate.Interval.Ticks - 1) / rate.Interval.Ticks);
        return new(First + (rate.Interval * lost), Count - lost);
    }

    /// <summary>Without the first.</summary>
    public Moments Rest(Rate rate) => new(First + rate.Interval, Count - 1);
}
