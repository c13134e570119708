using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>What the queue has no room for waits in the book, with its destination, until there is room.</summary>
internal sealed partial class DeliveryService
{
    private async Task ParkAsync(CancellationToken stoppingToken)
    {
        var isKnown = false;
        while (true)
        {
            try
            {
                // What earlier starts have parked.
                if (!isKnown) foreach (var destination in store.ParkedDestinations()) queue.MoreIsParked(destination);
                isKnown = true;
                await ParkHandedBackAsync(stoppingToken);
                await ReleaseAsync(stoppingToken);
            }
            catch (StoreUnavailableException e)
            {
                Log.CannotPark(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
                continue;
            }

            await queue.Changed.WaitAsync(time.GetUtcNow() + LongestWait, stoppingToken);
        }
    }

    private async Task ParkHandedBackAsync(CancellationToken stoppingToken)
    {
        var bells = queue.TakeHandedBack();
        if (bells.Count == 0) return;
        var (now, isParked) = (time.GetUtcNow(), false);
        try
        {
            await Task.WhenAll(bells.Select(bell => store.ParkAsync(bell, now, stoppingToken).AsTask()));
            isParked = true;
        }
        finally
        {
            queue.Forget(bells);
            // Some are due still.
            if (!isParked) queue.MoreIsDue();
        }
    }

    private async Task ReleaseAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        foreach (var (destination, most) in queue.TakeRoom())
        {
            try
            {
                var rows = await store.ParkedAsync(destination, most, stoppingToken);
                // Parked until a worker claims them: a process that ends before has forgotten nothing.
                foreach (var row in rows) await queue.RingAsync(row.Bell, now, stoppingToken);
                if (rows.Count == most) queue.MoreIsParked(destination);
            }
            catch (StoreUnavailableException)
            {
                queue.MoreIsParked(destination);
                throw;
            }
        }
    }
}
