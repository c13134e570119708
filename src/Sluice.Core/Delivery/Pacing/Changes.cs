using Sluice.Storage;

namespace Sluice.Delivery.Pacing;

/// <summary>The changes that this process makes to one destination's shared document: one is on its way at a time.</summary>
internal sealed class Changes
{
    private readonly Lock gate = new();
    private TaskCompletionSource? underWay;

    /// <summary>The document as it was written last, for a change without a look. Only whoever changes it looks at it.</summary>
    public SharedDocument? Document { get; set; }

    /// <summary>Whether one is on its way.</summary>
    public bool IsUnderWay
    {
        get
        {
            lock (gate) return underWay is not null;
        }
    }

    /// <summary>Makes a change; whoever finds another on its way waits for that one, which may be enough for both. False when the store is away.</summary>
    public async ValueTask<bool> MakeAsync(Func<Task> change)
    {
        if (!TryBegin(out var done))
        {
            await done.Task;
            return true;
        }

        try
        {
            await change();
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
        finally
        {
            lock (gate) underWay = null;
            done.SetResult();
        }
    }

    private bool TryBegin(out TaskCompletionSource done)
    {
        lock (gate)
        {
            var isFree = underWay is null;
            done = underWay ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return isFree;
        }
    }
}
