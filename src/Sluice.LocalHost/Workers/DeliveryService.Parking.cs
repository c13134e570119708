using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>What a destination may not be given now waits in the book with its destination until then.</summary>
internal sealed partial class DeliveryService
{
    // How much of a destination is let go at once.
    private const int MostReleased = 256;

    // Where a rate is kept it is let go in portions of a second.
    private static readonly TimeSpan ReleaseAhead = TimeSpan.FromSeconds(1);

    private volatile bool knowsParked;

    private async Task ReleaseAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var until = time.GetUtcNow() + LongestWait;
            try
            {
                if (!knowsParked) await FindParkedAsync(stoppingToken);
                if (await ReleaseWaitingAsync(stoppingToken) is { } next && next < until) until = next;
            }
            catch (StoreUnavailableException e)
            {
                Log.CannotRelease(logger, e.Message);
                await Task.Delay(Pause, time, stoppingToken);
                continue;
            }

            await queue.Changed.WaitAsync(until, stoppingToken);
        }
    }

    // What earlier starts have parked, and what waits by settings that hold no more: a destination that gathered for batches, or is gone.
    private async Task FindParkedAsync(CancellationToken stoppingToken)
    {
        knowsParked = true;
        try
        {
            await sweeper.FindParkedAsync(stoppingToken);
        }
        catch (StoreUnavailableException)
        {
            knowsParked = false;
            throw;
        }
    }

    private void OnReplaced()
    {
        knowsParked = false;
        queue.Changed.Now();
    }

    private async Task<DateTimeOffset?> ReleaseWaitingAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? until = null;
        foreach (var name in pacing.Waiting)
        {
            if (!queue.HasRoom(name)) continue;
            var released = await sweeper.ReleaseAsync(name, ReleaseAhead, MostReleased, stoppingToken);
            if (until is null || released.Next < until) until = released.Next ?? until;
            // As soon as the workers have what was let go.
            if (released is { MayBeMore: true, IsHeld: false } && queue.HasRoom(name)) queue.Changed.Now();
        }

        return until;
    }
}
