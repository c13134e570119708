using Sluice.Processing;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// The bell in one process. It knows which destinations have something due and which workers are free, and asks the book for as much as
/// there are workers for, to each destination its share. All else stays in the book: memory does not grow with the backlog.
/// </summary>
internal sealed class LocalQueue(Wakeup wakeup, TimeProvider time) : ITaskQueue
{
    private readonly Lock gate = new();
    private Shares shares = new(0, static _ => null, static () => false);
    private Func<Bell, Action, Task<bool>>? process;
    private Taker? take;
    private TaskCompletionSource? idle;
    private bool isGranting;
    // Attempts that are made, whose outcome is on the way to the book: nobody's worker any more, and a stop waits for them.
    private int ending;

    public TimeSpan Grace => TimeSpan.Zero;

    public TimeSpan Horizon => TimeSpan.MaxValue;

    /// <summary>Signals that a destination which <see cref="HasRoom"/> said no to has room now.</summary>
    public Wakeup Changed { get; } = new(time);

    /// <summary>Opens the queue to a number of workers.</summary>
    /// <param name="worker">Hears a bell, and says by the action when it is free for another one, if that is before it ends. Where it answers false it could not do its work; the book is then asked again.</param>
    /// <param name="limit">How many workers a destination may have at once; null: as many as there are.</param>
    /// <param name="isAlone">Whether there is one destination only, from which no workers need be kept.</param>
    public void Start(int workers, Func<Bell, Action, Task<bool>> worker, Taker taker, Func<string, int?> limit, Func<bool> isAlone)
    {
        lock (gate) (process, take, shares) = (worker, taker, new Shares(workers, limit, isAlone));
    }

    /// <summary>Takes nothing any more; completes when no worker is busy.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            EndIfIdle();
            return idle.Task;
        }
    }

    /// <summary>Says of destinations when the first that waits for them is due.</summary>
    public void Due(IReadOnlyList<(string Destination, DateTimeOffset At)> waiting)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (destination, at) in waiting) Due(shares.Of(destination), at, now);
            Grant();
        }
    }

    /// <summary>Looks whose moment has come. The answer is the next moment.</summary>
    public DateTimeOffset? Elapsed()
    {
        lock (gate)
        {
            var next = shares.Elapsed(time.GetUtcNow());
            Grant();
            return next;
        }
    }

    /// <summary>False while the book has more due of a destination than it has workers: more of it need not be let go now.</summary>
    public bool HasRoom(string destination)
    {
        lock (gate)
        {
            var share = shares.Of(destination);
            share.IsAwaited = share.IsDue || share.IsAsked;
            return !share.IsAwaited;
        }
    }

    public bool TryReserve(string destination)
    {
        lock (gate)
        {
            var share = shares.Of(destination);
            // What is due already is older.
            return process is not null && idle is null && share is { IsDue: false, IsAsked: false } && shares.TryTake(share);
        }
    }

    public void Release(string destination)
    {
        lock (gate) GiveBack(shares.Of(destination));
    }

    public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // A claim comes with the worker that was reserved for it.
        if (bell.Claim is not null) Run(bell);
        else Due(bell.Delivery.Destination, at);
        return ValueTask.CompletedTask;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private void Due(string destination, DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            Due(shares.Of(destination), at, now);
            Grant();
        }

        if (at > now) wakeup.At(at);
    }

    private void Due(Share share, DateTimeOffset at, DateTimeOffset now)
    {
        if (at > now) share.DueAt(at);
        else shares.Due(share);
    }

    private void GiveBack(Share share)
    {
        shares.GiveBack(share);
        Grant();
        EndIfIdle();
    }

    private void EndIfIdle()
    {
        if (ending == 0 && shares.AreAllFree) idle?.TrySetResult();
    }

    // Not at once: of many workers that get free together all are given away together, and the book is asked once for each destination.
    private void Grant()
    {
        if (isGranting || process is null || idle is not null || !shares.CanGrant) return;
        isGranting = true;
        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.AskAll(), this, preferLocal: false);
    }

    private void AskAll()
    {
        IReadOnlyList<Share> granted;
        lock (gate)
        {
            isGranting = false;
            granted = idle is null ? shares.Grant() : [];
        }

        foreach (var share in granted) _ = AskAsync(share);
    }

    private async Task AskAsync(Share share)
    {
        int granted, known;
        lock (gate) (granted, known) = (share.Granted, share.Unclaimed.Count);
        var taken = await take!(share.Destination, granted, known);
        var bells = new List<Bell>(granted);
        lock (gate)
        {
            var isMore = taken.IsMore;
            foreach (var bell in taken.Bells)
            {
                // What was known when the book was asked may have ended since and stand in the place of others: they are asked for once more.
                if (bells.Count == granted) isMore = true;
                else if (bell.Claim is not null || (idle is null && share.Unclaimed.Add((bell.Delivery, bell.Attempt)))) bells.Add(bell);
            }

            share.IsPassedOver |= bells.Count == 0 && taken.Bells.Count > 0;
            share.DueAt(taken.Next);
            shares.Answered(share, bells.Count, isMore);
            if (share is { IsAwaited: true, IsDue: false })
            {
                share.IsAwaited = false;
                Changed.Now();
            }

            Grant();
            EndIfIdle();
        }

        if (taken.Next is { } next) wakeup.At(next);
        foreach (var bell in bells) Run(bell);
    }

    private void Run(Bell bell) => ThreadPool.UnsafeQueueUserWorkItem(new Work(this, bell), preferLocal: false);

    /// <summary>One bell that a worker hears.</summary>
    private sealed class Work(LocalQueue queue, Bell bell) : IThreadPoolWorkItem
    {
        private bool isAttempted;

        public void Execute() => _ = RunAsync();

        private async Task RunAsync()
        {
            var isDone = await queue.process!(bell, Attempted);
            lock (queue.gate)
            {
                var share = queue.shares.Of(bell.Delivery.Destination);
                if (!isDone) queue.shares.Due(share);
                if (isAttempted) queue.ending--;
                else GiveBack(share);
                queue.EndIfIdle();
            }
        }

        private void Attempted()
        {
            lock (queue.gate)
            {
                isAttempted = true;
                queue.ending++;
                GiveBack(queue.shares.Of(bell.Delivery.Destination));
            }
        }

        private void GiveBack(Share share)
        {
            if (bell.Claim is null) share.Unclaimed.Remove((bell.Delivery, bell.Attempt));
            if (share.IsPassedOver)
            {
                share.IsPassedOver = false;
                queue.shares.Due(share);
            }

            queue.GiveBack(share);
        }
    }
}

/// <summary>Takes deliveries of a destination out of what is due, oldest first. It does not fail: where it could not, it waits before it answers that there may be more.</summary>
/// <param name="workers">How many at most.</param>
/// <param name="known">How many are looked at already without a claim, and so are still due: as many more bells without a claim are asked for.</param>
internal delegate Task<Taken> Taker(string destination, int workers, int known);

/// <summary>What was taken out of what is due of a destination.</summary>
/// <param name="Bells">With their claim; or without, where a worker is to ask first whether the destination may be given anything.</param>
/// <param name="IsMore">More may be due.</param>
/// <param name="Next">When the next is due, where no more is due now.</param>
internal readonly record struct Taken(IReadOnlyList<Bell> Bells, bool IsMore, DateTimeOffset? Next);
