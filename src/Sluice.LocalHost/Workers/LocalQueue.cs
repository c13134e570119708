using Sluice.Events;
using Sluice.Processing;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// The bell in one process: hands deliveries to free workers, to each destination its share. It keeps a bounded number of bells; what does
/// not fit is not lost: it is handed back to be parked in the book, and is rung again when there is room.
/// </summary>
internal sealed partial class LocalQueue(Wakeup wakeup, TimeProvider time) : ITaskQueue
{
    private readonly Lock gate = new();
    private readonly HashSet<(DeliveryId Delivery, int Attempt)> known = [];
    private Shares shares = new(0, static _ => null);
    private Func<Bell, Task<bool>>? process;
    private TaskCompletionSource? idle;
    private int workers;

    public TimeSpan Grace => TimeSpan.Zero;

    public TimeSpan Horizon => TimeSpan.MaxValue;

    /// <summary>Opens the queue to a number of workers. One that answers false could not do its work; the bell is then rung again.</summary>
    /// <param name="limit">How many workers a destination may have at once; null: as many as there are.</param>
    public void Start(int count, Func<Bell, Task<bool>> worker, Func<string, int?> limit)
    {
        lock (gate) (process, shares, workers) = (worker, new Shares(count, limit), count);
        wakeup.Now();
    }

    /// <summary>Hands out nothing any more; completes when no worker is busy.</summary>
    public Task StopAsync()
    {
        lock (gate)
        {
            // From now on those that are busy still.
            if (process is not null) workers -= shares.Free;
            process = null;
            shares.Clear();
            handedBack.Clear();
            idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (workers == 0) idle.SetResult();
            return idle.Task;
        }
    }

    public bool TryReserve(string destination)
    {
        lock (gate) return process is not null && shares.Of(destination) is { IsBehind: false, Bells.Count: 0 } share && shares.TryTake(share);
    }

    public void Release(string destination)
    {
        if (Next(destination) is { } bell) Run(bell);
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

    // True when a worker was free and is now the caller's to run.
    private bool Take(Bell bell)
    {
        lock (gate)
        {
            if (process is null || !known.Add((bell.Delivery, bell.Attempt))) return false;
            var share = shares.Of(bell.Delivery.Destination);
            if (share.Takes(bell))
            {
                if (share.Bells.Count == 0 && shares.TryTake(share)) return true;
                if (shares.TryWait(share, bell)) return false;
            }

            share.IsBehind = true;
            if (handedBack.Count < MostHandedBack)
            {
                handedBack.Add(bell);
                share.HandedBack++;
            }
            else
            {
                known.Remove((bell.Delivery, bell.Attempt));
                more = true;
            }

            Changed.Now();
            return false;
        }
    }

    private void Run(Bell bell) => ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.queue.WorkAsync(state.bell), (queue: this, bell), preferLocal: false);

    private async Task WorkAsync(Bell first)
    {
        for (Bell? bell = first; bell is not null; bell = Next(bell.Delivery.Destination))
        {
            // Not known while it runs: a bell about its lease's end has to be heard although a handler never returns.
            lock (gate) known.Remove((bell.Delivery, bell.Attempt));
            var done = process is not { } worker || await worker(bell);
            if (done) continue;
            // It is still due, or parked.
            wakeup.Now();
            MoreIsParked(bell.Delivery.Destination);
        }
    }

    // The next bell for a worker that a destination gives back; null when it stays free.
    private Bell? Next(string destination)
    {
        lock (gate)
        {
            var share = shares.Of(destination);
            shares.GiveBack(share);
            if (process is null)
            {
                if (--workers == 0) idle?.TrySetResult();
                return null;
            }

            WakeForMore();
            var next = Serve();
            // A worker that goes to another destination leaves this one less than its share: it may have one more.
            while (next is not null && Serve() is { } another) Run(another);
            return next;
        }
    }

    private Bell? Serve()
    {
        var bell = shares.Next();
        if (bell is not null && shares.HasRoom(shares.Of(bell.Delivery.Destination))) Changed.Now();
        return bell;
    }
}
