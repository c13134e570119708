using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Retries;

/// <summary>Rings what is due: retries whose time has come, and deliveries whose bell was lost.</summary>
public sealed class Sweeper(IEventStore store, ITaskQueue queue, TimeProvider time)
{
    /// <summary>How many rows are on their way to a store and a queue across a network at once.</summary>
    private const int AtOnce = 16;

    /// <summary>Rings the deliveries due within <paramref name="ahead"/>, each for its moment, at most <paramref name="limit"/>.</summary>
    public async ValueTask<Swept> SweepAsync(TimeSpan ahead, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await store.DueAsync(now + ahead, limit, cancellationToken);
        foreach (var rows in due.Rows.Chunk(AtOnce)) await Task.WhenAll(rows.Select(row => RingAsync(row, now, cancellationToken)));
        return new(due.Rows.Count, due.Rows.Count == limit, due.Next) { Oldest = due.Rows.Count == 0 ? null : due.Rows[0].Due };
    }

    private async Task RingAsync(DueRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = row.Due > now ? row.Due : now;
        // First the new due row, then the bell: a crash in between delays, the other order could lose.
        if (queue.Grace > TimeSpan.Zero) await store.PostponeAsync(row.Bell, at + queue.Grace, cancellationToken);
        await queue.RingAsync(row.Bell, at, cancellationToken);
    }
}

/// <summary>What a sweep did.</summary>
/// <param name="MayBeMore">As many were due as were asked for.</param>
/// <param name="Next">The earliest due time still ahead.</param>
public readonly record struct Swept(int Rung, bool MayBeMore, DateTimeOffset? Next)
{
    /// <summary>The due time of the oldest that was rung.</summary>
    public DateTimeOffset? Oldest { get; init; }
}
