namespace Sluice.Delivery.Pacing;

/// <summary>
/// What the instances have taken of a destination's limits, as they share it: the moments of its rate up to <see cref="Next"/>, and who may
/// have how many attempts under way. Each change is a new one: nothing here acts.
/// </summary>
public sealed record Pace
{
    /// <summary>The kind of its documents.</summary>
    public const string Kind = "pace";

    // Clocks of instances differ by less. What lies further ahead was written by a clock that has been set since.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <summary>The first moment that nobody has taken.</summary>
    public DateTimeOffset? Next { get; init; }

    public IReadOnlyList<Holder> Holders { get; init; } = [];

    /// <summary>Takes the next block of moments; none while others have taken what lies directly ahead.</summary>
    public (Pace Pace, Moments Moments) TakeMoments(Rate rate, DateTimeOffset now)
    {
        var earliest = now - rate.Slack;
        var first = Next is { } next && next > earliest && next - now <= (rate.Length * 2) + Skew ? next : earliest;
        return first > now + rate.Lead ? (this, default) : (this with { Next = first + rate.Length }, new(first, rate.Block));
    }

    /// <summary>Has an instance hold so many attempts, or as many as the others leave of the limit.</summary>
    /// <param name="until">When nobody waits for it any more.</param>
    public (Pace Pace, int Held) Hold(string by, int wanted, int limit, DateTimeOffset now, DateTimeOffset until)
    {
        Holder[] others = [.. Holders.Where(holder => holder.By != by && holder.Until > now)];
        var held = Math.Clamp(limit - others.Sum(holder => holder.Count), 0, wanted);
        return (this with { Holders = held == 0 ? others : [.. others, new(by, held, until)] }, held);
    }
}

/// <summary>How many attempts of a destination an instance may have under way, and until when.</summary>
public sealed record Holder(string By, int Count, DateTimeOffset Until);
