using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Quarantine;

/// <summary>
/// Refused requests of one source on their way to the store, one write at a time: those that come meanwhile go together in the next, so that a burst costs a
/// few writes and does not stand in its own way. The one that came last writes for all that wait, since it has the most patience left.
/// </summary>
/// <param name="turns">Shared with the other sources.</param>
/// <param name="patience">How long a request waits in all. A store that has had nearly all of it and did not answer is away.</param>
internal sealed class Line(IQuarantine quarantine, Turns turns, TimeSpan patience, TimeProvider time)
{
    private const int MostTogether = 64;
    private const long MostBytesTogether = 2 * 1024 * 1024;

    private readonly Lock gate = new();
    private readonly List<Waiting> waiting = [];
    private bool isBusy;

    /// <exception cref="OperationCanceledException">The request has waited long enough, and not for a store that is away; it may be written down or not.</exception>
    /// <exception cref="StoreUnavailableException">The store is away.</exception>
    public async ValueTask<Keeping> KeepAsync(Rejection rejection, QuarantineSettings bounds, CancellationToken cancellationToken)
    {
        var mine = new Waiting(rejection, bounds);
        if (!IsFirst(mine))
        {
            using var leaving = cancellationToken.UnsafeRegister(static one => ((Waiting)one!).TrySetCanceled(), mine);
            if (await mine.Task is { } keeping) return keeping;
        }

        Waiting[] together = [mine];
        try
        {
            await turns.TakeAsync(cancellationToken);
            try
            {
                together = Together(mine);
                var keepings = await WriteAsync(together, cancellationToken);
                for (var i = 0; i < together.Length; i++) together[i].TrySetResult(keepings[i]);
                return keepings[Array.IndexOf(together, mine)];
            }
            finally
            {
                turns.GiveBack();
            }
        }
        catch (Exception e)
        {
            foreach (var other in together) other.TrySetException(e);
            // Whoever only wrote for itself has nobody else who would look at it.
            _ = mine.Task.Exception;
            throw;
        }
        finally
        {
            HandOver();
        }
    }

    private async ValueTask<IReadOnlyList<Keeping>> WriteAsync(Waiting[] together, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        try
        {
            return await quarantine.KeepAsync([.. together.Select(one => one.Rejection)], together[0].Bounds, cancellationToken);
        }
        catch (OperationCanceledException e) when (time.GetElapsedTime(began) >= patience * 0.75)
        {
            throw new StoreUnavailableException("the store did not answer in time", e);
        }
    }

    private bool IsFirst(Waiting one)
    {
        lock (gate)
        {
            if (!isBusy) return isBusy = true;
            waiting.Add(one);
            return false;
        }
    }

    // The oldest first, as many as one write should hold; in the order in which they came.
    private Waiting[] Together(Waiting mine)
    {
        lock (gate)
        {
            waiting.RemoveAll(one => one.Task.IsCompleted);
            var (together, bytes) = (new List<Waiting> { mine }, mine.Bytes);
            for (var i = 0; i < waiting.Count && together.Count < MostTogether && bytes + waiting[i].Bytes <= MostBytesTogether;)
            {
                if (waiting[i].Bounds != mine.Bounds)
                {
                    i++;
                    continue;
                }

                bytes += waiting[i].Bytes;
                together.Add(waiting[i]);
                waiting.RemoveAt(i);
            }

            return [.. together.OrderBy(one => one.Rejection.Id)];
        }
    }

    private void HandOver()
    {
        lock (gate)
        {
            while (waiting.Count > 0)
            {
                var last = waiting[^1];
                waiting.RemoveAt(waiting.Count - 1);
                // Who has left is passed over.
                if (last.TrySetResult(null)) return;
            }

            isBusy = false;
        }
    }

    /// <summary>Ends with what became of it, or with null when it is its turn to write. Goes on where it was waiting, on its own scheduler.</summary>
    private sealed class Waiting(Rejection rejection, QuarantineSettings bounds) : TaskCompletionSource<Keeping?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Rejection Rejection => rejection;

        public QuarantineSettings Bounds => bounds;

        public long Bytes => rejection.Request?.Bytes ?? 0;
    }
}
