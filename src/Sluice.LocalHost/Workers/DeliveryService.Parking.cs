using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>What the queue has no room for, and what a destination may not be given now, waits in the book with its destination until then.</summary>
internal sealed partial class DeliveryService
{
    // Where a rate is kept it is let go in portions of a second.
    private static readonly TimeSpan ReleaseAhead = TimeSpan.FromSeconds(1);

    private volatile bool knowsParked;

    private async Task ParkAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var until = time.GetUtcNow() + LongestWait;
            try
            {
                if (!knowsParked) await FindParkedAsync(stoppingToken);
                await ParkHandedBackAsync(stoppingToken);
                if (await ReleaseAsync(stoppingToken) is { } next && next < until) until = next;
            }
            catch (StoreUnavailableException e)
            {
                Log.CannotPark(logger, e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
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
            foreach (var destination in await store.ParkedDestinationsAsync(stoppingToken)) queue.MoreIsParked(destination);
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

    // By room: the queue says where there is some. By time: where a destination may be given only so much.
    private async Task<DateTimeOffset?> ReleaseAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? until = null;
        var fetched = queue.TakeRoom();
        Room[] rooms = [.. fetched, .. pacing.Waiting.Select(name => new Room(name, Shares.MostOfOne))];
        for (var i = 0; i < rooms.Length; i++)
        {
            var (destination, most) = rooms[i];
            try
            {
                var released = await sweeper.ReleaseAsync(destination, ReleaseAhead, most, stoppingToken);
                if (released.MayBeMore) pacing.Wait(destination, released.IsHeld);
                var isMore = released is { MayBeMore: true, IsHeld: false };
                if (i < fetched.Count) queue.Fetched(destination, isMore);
                else if (isMore) queue.MoreIsParked(destination);
                if (until is null || released.Next < until) until = released.Next ?? until;
            }
            catch (StoreUnavailableException)
            {
                // Nor were those behind it looked at, and whoever takes a room answers for it.
                for (; i < rooms.Length; i++)
                {
                    if (i < fetched.Count) queue.Fetched(rooms[i].Destination, isMore: true);
                    else queue.MoreIsParked(rooms[i].Destination);
                }

                throw;
            }
        }

        return until;
    }
}
