namespace Sluice.Reconciliation;

/// <summary>What is decided about an event that the sender lists and the book has not. Pure: the clock and what was done before are arguments.</summary>
public static class Gaps
{
    /// <summary>5 minutes: what is younger may be on its way, or may be in a message that is not booked yet.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    /// <summary>12 hours: what fails again and again is asked for no more often than that.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(12);

    /// <summary>An hour: retention goes on while a log is read, and the sender's clock is not this one.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    /// <summary>
    /// From when on the log is looked at: no further back than the sender's log goes, and than the book does. What retention has let go of
    /// would look missing, and so a margin is kept.
    /// </summary>
    public static DateTimeOffset Since(DateTimeOffset asked, DateTimeOffset now, TimeSpan horizon, TimeSpan retention)
    {
        var kept = retention - Margin;
        var earliest = now - (horizon < kept ? horizon : kept);
        return asked > earliest ? asked : earliest;
    }

    /// <summary>
    /// When something may be done about it: five minutes after the last try, and without a person asking twice as long after each further one, so that a
    /// webhook that is refused every time is not sent every few minutes for days.
    /// </summary>
    /// <param name="last">When it was last tried or asked for; null where the sender does not say, which means long ago.</param>
    /// <param name="tries">How often it was tried or asked for.</param>
    /// <param name="isAsked">Whether a person wants it now.</param>
    public static DateTimeOffset ActAt(DateTimeOffset? last, int tries, bool isAsked)
    {
        if (last is not { } moment) return DateTimeOffset.MinValue;
        var pause = isAsked ? Grace : TimeSpan.FromTicks(Math.Min(Grace.Ticks << Math.Clamp(tries - 1, 0, 10), LongestPause.Ticks));
        return moment < DateTimeOffset.MaxValue - LongestPause ? moment + pause : DateTimeOffset.MaxValue;
    }
}
