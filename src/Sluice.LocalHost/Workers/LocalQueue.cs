using Sluice.Events;
using Sluice.Processing;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// The bell in one process: hands deliveries to free workers. It keeps a bounded number of bells; what does not fit is not
/// lost, since the book itself is waited on, and is rung again when there is room.
/// </summary>
internal sealed class LocalQueue(Wakeup wakeup) : ITaskQueue
{
    /// <summary>Bells that wait in memory. Their events are in the book, so that this bounds memory.</summary>
    public const int MostWaiting = 1024;

    private readonly Lock gate = new();
    private readonly Queue<Bell> waiting = new();
    private readonly HashSet<(DeliveryId Delivery, int Attempt)> known = [];
    private Func<Bell, Task<bool>>? process;
    private TaskCompletionSource? idle;
    private int workers;
    private int free;
    private bool more;

    public TimeSpan Grace => TimeSpan.Zero;

    public TimeSpan Horizon => TimeSpan.MaxValue;

    /// <summary>Opens the queue to a number of workers. One that answers false could not do its work; the bell is then rung again.</summary>
    public void Start(int count, Func<Bell, Task<bool>> worker)
    {
        lock (gate) (process, workers, free) = (worker, count, count);
        wakeup.Now();
    }

    /// <summary>Hands out nothing any more; completes when no worker is busy.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            var busy = workers - free;
            (process, workers, free) = (null, busy, 0);
            waiting.Clear();
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (busy == 0) idle.SetResult();
            return idle.Task;
        }
    }

    public bool TryReserve()
    {
        lock (gate)
        {
            if (free == 0) return false;
            free--;
            return true;
        }
    }

    public void Release()
    {
        if (Next() is { } bell) Run(bell);
    }

    public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
    {
        // A claim comes with the worker that was reserved for it.
        if (bell.Claim is not null) Run(bell);
        else if (wakeup.IsAhead(at)) wakeup.At(at);
        else if (Take(bell)) Run(bell);
        return ValueTask.CompletedTask;
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Says that the book has more due than was rung: the next room wakes the sweep.</summary>
    public void MoreIsDue()
    {
        lock (gate)
        {
            more = true;
            if (waiting.Count <= MostWaiting / 2 && free > 0) WakeForMore();
        }
    }

    // True when a worker was free and is now the caller's to run.
    private bool Take(Bell bell)
    {
        lock (gate)
        {
            if (process is null || workers == 0) return false;
            if (!known.Add((bell.Delivery, bell.Attempt))) return false;
            if (free > 0)
            {
                free--;
                return true;
            }

            if (waiting.Count < MostWaiting)
            {
                waiting.Enqueue(bell);
                return false;
            }

            known.Remove((bell.Delivery, bell.Attempt));
            more = true;
            return false;
        }
    }

    private void Run(Bell bell) => ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.queue.WorkAsync(state.bell), (queue: this, bell), preferLocal: false);

    private async Task WorkAsync(Bell first)
    {
        for (Bell? bell = first; bell is not null; bell = Next())
        {
            // Not known while it runs: a bell about its lease's end has to be heard although a handler never returns.
            lock (gate) known.Remove((bell.Delivery, bell.Attempt));
            var done = process is not { } worker || await worker(bell);
            if (!done) wakeup.Now();
        }
    }

    // The next bell for a worker that is free now; null when it stays free.
    private Bell? Next()
    {
        lock (gate)
        {
            if (more && waiting.Count <= MostWaiting / 2) WakeForMore();
            if (waiting.TryDequeue(out var bell)) return bell;
            if (process is not null)
            {
                free++;
                return null;
            }

            if (--workers == 0) idle?.TrySetResult();
            return null;
        }
    }

    private void WakeForMore()
    {
        more = false;
        wakeup.Now();
    }
}
