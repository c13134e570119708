using Sluice.Configuration;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Retries;

/// <summary>Rings what is due: retries whose time has come, and deliveries whose bell was lost. Lets go of what waits with its destination, when that may be given more.</summary>
public sealed class Sweeper(LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, Pacing pacing, TimeProvider time)
{
    /// <summary>How many rows are on their way to a store and a queue across a network at once.</summary>
    private const int AtOnce = 16;

    /// <summary>Rings the deliveries due within <paramref name="ahead"/>, each for its moment, at most <paramref name="limit"/>.</summary>
    public async ValueTask<Swept> SweepAsync(TimeSpan ahead, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await store.DueAsync(now + ahead, limit, cancellationToken);
        foreach (var rows in due.Rows.Chunk(AtOnce)) await Task.WhenAll(rows.Select(row => RingAsync(row.Bell, row.Due > now ? row.Due : now, isParked: false, cancellationToken)));
        return new(due.Rows.Count, due.Rows.Count == limit, due.Next) { Oldest = due.Rows.Count == 0 ? null : due.Rows[0].Due };
    }

    /// <summary>Looks with which destinations deliveries are parked, whoever parked them.</summary>
    public async ValueTask FindParkedAsync(CancellationToken cancellationToken)
    {
        foreach (var name in await store.ParkedDestinationsAsync(cancellationToken)) pacing.Wait(name, waits: true);
    }

    /// <summary>Lets go of what waits and may go, of each destination of which this process knows that something waits.</summary>
    /// <param name="ahead">Each delivery has a moment of its own within this time.</param>
    /// <param name="most">How many of one destination at most.</param>
    public async ValueTask<Released> ReleaseAsync(TimeSpan ahead, int most, CancellationToken cancellationToken)
    {
        var (rung, next) = (0, (DateTimeOffset?)null);
        foreach (var name in pacing.Waiting)
        {
            var released = await ReleaseAsync(name, ahead, most, cancellationToken);
            rung += released.Rung;
            if (next is null || released.Next < next) next = released.Next ?? next;
        }

        return new(rung, next);
    }

    /// <summary>Lets go of what waits with one destination and may go.</summary>
    public async ValueTask<Released> ReleaseAsync(string name, TimeSpan ahead, int most, CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        if (!configuration.Current.TryGetDestination(name, out var destination))
        {
            // One that is not there any more is not waited for: look twice.
            await shared.LookAgainAsync(cancellationToken);
            configuration.Current.TryGetDestination(name, out destination);
        }

        // Before the question: an attempt that makes room after it says so only where something waits.
        pacing.Wait(name, waits: true);
        var release = await pacing.ReleaseAsync(name, destination, ahead, most, cancellationToken);
        var isHeld = release.Moments.Count < most;
        if (release.Moments.Count == 0) return new(0, release.Next) { MayBeMore = true, IsHeld = true };

        if (destination is { IsBatching: true }) return await RingFirstAsync(name, release, cancellationToken);
        // Before the look: what is parked after it says so itself.
        pacing.Wait(name, waits: false);
        var mayBeMore = true;
        try
        {
            var parked = await store.ParkedAsync(name, release.Moments.Count, cancellationToken);
            foreach (var some in parked.Zip(release.Moments).Chunk(AtOnce))
                await Task.WhenAll(some.Select(one => RingAsync(one.First.Bell, one.Second, isParked: true, cancellationToken)));
            mayBeMore = parked.Count == release.Moments.Count;
            if (!mayBeMore) pacing.Fewer(name, release, parked.Count);
            return new(parked.Count, mayBeMore ? release.Next : null) { MayBeMore = mayBeMore, IsHeld = mayBeMore && isHeld };
        }
        finally
        {
            if (mayBeMore) pacing.Wait(name, waits: true);
        }
    }

    // What gathers stays parked until it is claimed: whoever hears the bell looks whether a batch is ready.
    private async ValueTask<Released> RingFirstAsync(string name, Release release, CancellationToken cancellationToken)
    {
        var (at, now) = (release.Moments[0], time.GetUtcNow());
        var isLater = queue.Grace == TimeSpan.Zero && at > now;
        pacing.Fewer(name, release, isLater ? 0 : 1);
        // Where the book itself is waited on it knows no moment for what is parked: it is asked for again.
        if (isLater) return new(0, at) { MayBeMore = true, IsHeld = true };
        pacing.Wait(name, waits: false);
        var isDone = false;
        try
        {
            var parked = await store.ParkedAsync(name, 1, cancellationToken);
            if (parked.Count > 0) await queue.RingAsync(parked[0].Bell with { AgainAt = now }, at, cancellationToken);
            isDone = true;
            return new(parked.Count, null);
        }
        finally
        {
            if (!isDone) pacing.Wait(name, waits: true);
        }
    }

    private async Task RingAsync(Bell bell, DateTimeOffset at, bool isParked, CancellationToken cancellationToken)
    {
        // First the new due row, then the bell: a crash in between delays, the other order could lose.
        if (queue.Grace > TimeSpan.Zero || isParked) await store.PostponeAsync(bell, at + queue.Grace, cancellationToken);
        await queue.RingAsync(isParked ? bell with { AgainAt = at } : bell, at, cancellationToken);
    }
}

/// <summary>What a release did.</summary>
/// <param name="Next">When to look again; null: when <see cref="Pacing.Changed"/> says so.</param>
public readonly record struct Released(int Rung, DateTimeOffset? Next)
{
    /// <summary>Whether there may be more parked than was let go.</summary>
    public bool MayBeMore { get; init; }

    /// <summary>Whether more was asked for than the destination may be given now.</summary>
    public bool IsHeld { get; init; }
}

/// <summary>What a sweep did.</summary>
/// <param name="MayBeMore">As many were due as were asked for.</param>
/// <param name="Next">The earliest due time still ahead.</param>
public readonly record struct Swept(int Rung, bool MayBeMore, DateTimeOffset? Next)
{
    /// <summary>The due time of the oldest that was rung.</summary>
    public DateTimeOffset? Oldest { get; init; }
}
