using Sluice.Configuration;

namespace Sluice.Delivery.Pacing;

/// <summary>The moments that were given to those who wait for a destination, each behind the one before. For one thread at a time.</summary>
/// <param name="ahead">How far ahead a bell may be put off.</param>
internal sealed class Line(TimeSpan ahead)
{
    private DateTimeOffset end;

    /// <summary>Puts one at the end, not before a moment; too far ahead, and it waits with its destination.</summary>
    /// <param name="interval">How far behind the next one stands.</param>
    public Admission Stand(DateTimeOffset at, TimeSpan interval, DateTimeOffset now)
    {
        var first = End(interval, now);
        // To the millisecond, as the book keeps it, and never before the moment itself.
        at = Drain.UpToMillisecond(first > at ? first : at);
        if (at - now > ahead) return Admission.Park;
        end = at + interval;
        return Admission.At(at);
    }

    /// <summary>Lets go of at most so many, until the end is so far ahead; and where it is then.</summary>
    public (IReadOnlyList<DateTimeOffset> Moments, DateTimeOffset Next) Go(DateTimeOffset? since, DeliveryLimits limits, TimeSpan interval, DateTimeOffset now, TimeSpan by, int most)
    {
        var (going, last) = Drain.Moments(since, limits.Rate, End(interval, now), now + by, most);
        if (going.Count > 0) end = last;
        return (going, end > now ? end : now);
    }

    /// <summary>What stands behind a moment is not needed.</summary>
    public void Cut(DateTimeOffset at) => end = at;

    // A clock may have been set back since.
    private DateTimeOffset End(TimeSpan interval, DateTimeOffset now) => end < now || end > now + (ahead * 2) + interval ? now : end;
}
