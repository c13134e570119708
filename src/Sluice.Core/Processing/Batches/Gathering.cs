using Sluice.Configuration;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>
/// What this process knows of the deliveries that gather for one destination. It only spares looks into the book, which decides: what others
/// have parked or claimed is not known here before the next look. Its members are for whoever has the turn.
/// </summary>
internal sealed class Gathering
{
    /// <summary>How long a look is believed while deliveries come: other processes park too.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(1);

    // Nothing is held for longer: a clock was set since.
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(2);

    private readonly Dictionary<DeliveryId, int> sizes = [];
    private long bytes;
    private DateTimeOffset seenAt;
    private DateTimeOffset? readyAt;
    private Task lastTurn = Task.CompletedTask;

    /// <summary>When somebody has to look even if no bell comes.</summary>
    public DateTimeOffset NextLook { get; private set; }

    /// <summary>Whether a batch was ready, and its destination takes it at <see cref="NextLook"/>.</summary>
    public bool IsReady { get; private set; }

    /// <summary>One look at a time for a destination: two at once would each claim every other delivery, and send two small batches for one. No thread waits.</summary>
    public async ValueTask<Turn> EnterAsync()
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await Interlocked.Exchange(ref lastTurn, turn.Task);
        return new(turn);
    }

    public int? SizeOf(DeliveryId delivery) => sizes.TryGetValue(delivery, out var size) ? size : null;

    /// <summary>A delivery has been parked.</summary>
    public void Add(DeliveryId delivery, int size, DateTimeOffset now, BatchOptions options)
    {
        // As many as a batch takes are enough to want a look; more may gather for as long as nothing goes.
        if (sizes.Count < options.Events && sizes.TryAdd(delivery, size)) bytes += size;
        if (!IsReady && now + options.Wait < NextLook) NextLook = now + options.Wait;
    }

    /// <summary>Whether a batch may be ready, or nobody knows for when it is to be rung.</summary>
    public bool WantsLook(BatchOptions options, DateTimeOffset now) => IsReady
        ? NextLook <= now || NextLook - now > LongestHold
        : readyAt is not { } at || at <= now || sizes.Count >= options.Events || bytes >= options.Bytes || now - seenAt >= Believed || now < seenAt;

    /// <summary>What is parked, as the book says.</summary>
    public void See(IReadOnlyList<DueRow> parked, IReadOnlyList<int> known, DateTimeOffset now)
    {
        sizes.Clear();
        for (var i = 0; i < known.Count; i++) sizes[parked[i].Bell.Delivery] = known[i];
        (bytes, seenAt) = (known.Sum(size => (long)size), now);
    }

    /// <summary>None is ready before a moment; null: none is there. True when nobody was rung for that moment from here.</summary>
    public bool Await(DateTimeOffset? at)
    {
        var isNew = at is not null && at != readyAt;
        (readyAt, NextLook, IsReady) = (at, at ?? DateTimeOffset.MaxValue, false);
        return isNew;
    }

    /// <summary>What was known is over: whoever comes next looks, and somebody has to by that moment.</summary>
    public void Forget(DateTimeOffset nextLook)
    {
        sizes.Clear();
        (bytes, readyAt, NextLook, IsReady) = (0, null, nextLook, false);
    }

    /// <summary>The destination takes nothing before a moment; null: before somebody rings.</summary>
    public void Hold(DateTimeOffset? until) => (readyAt, NextLook, IsReady) = (null, until ?? DateTimeOffset.MaxValue, until is not null);

    public readonly struct Turn(TaskCompletionSource turn) : IDisposable
    {
        public void Dispose() => turn.SetResult();
    }
}
