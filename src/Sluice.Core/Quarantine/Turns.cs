namespace Sluice.Quarantine;

/// <summary>So many at once, the others in their turn. Whoever waits goes on where it was waiting, on its own scheduler, which a <see cref="SemaphoreSlim"/> does not promise.</summary>
internal sealed class Turns(int free)
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = new();

    /// <summary>Returns when it is the caller's turn, who gives it back.</summary>
    /// <exception cref="OperationCanceledException">The caller has waited long enough; there is nothing to give back.</exception>
    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (free > 0)
            {
                free--;
                return;
            }

            waiting.Enqueue(turn = new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        using var leaving = cancellationToken.UnsafeRegister(static turn => ((TaskCompletionSource)turn!).TrySetCanceled(), turn);
        await turn.Task;
    }

    public void GiveBack()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out var turn))
            {
                // Who has left is passed over.
                if (turn.TrySetResult()) return;
            }

            free++;
        }
    }
}
