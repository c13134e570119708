using Sluice.Processing;

namespace Sluice.Core.Tests.Simulation;

/// <summary>
/// The queue, which outlives every process: it loses, doubles and delays bells, and gives one again whose process died over it.
/// Its order is whatever the seed says.
/// </summary>
internal sealed class SimulatedQueue(World world)
{
    private const int MostGiven = 10;

    public void Send(Bell bell, DateTimeOffset at)
    {
        if (world.Faults.Strikes(Fault.BellLost))
        {
            world.Trace.Add("queue", "loses", bell.Delivery, bell.Attempt);
            return;
        }

        var copies = world.Faults.Strikes(Fault.BellDoubled) ? 2 : 1;
        for (var i = 0; i < copies; i++) world.Network.Start(() => GiveAsync(bell with { Claim = null }, at));
    }

    private async Task GiveAsync(Bell bell, DateTimeOffset at)
    {
        if (at > world.Now) await Task.Delay(at - world.Now, world.Time);
        if (world.Faults.Strikes(Fault.BellDelayed)) await world.DelayAsync(1, 100);
        for (var given = 0; given < MostGiven;)
        {
            if (world.AnyProcess(process => process.HasFreeWorker) is not { } process)
            {
                await world.DelayAsync(0.5, 2);
                continue;
            }

            given++;
            var handled = process.HandAsync(bell);
            if (await Task.WhenAny(handled, process.Death) == handled && await handled) return;
            // Nobody settled it: it shows again when its lock is over.
            world.Faults.Count(Fault.BellAbandoned);
            await world.DelayAsync(5, 60);
        }
    }
}

/// <summary>One process's way to the queue, and its workers that can be reserved.</summary>
internal sealed class ProcessQueue(World world, SimulatedProcess process) : ITaskQueue
{
    public TimeSpan Grace => TimeSpan.FromMinutes(2);

    public TimeSpan Horizon => TimeSpan.FromMinutes(2);

    public bool TryReserve(string destination)
    {
        if (!process.HasFreeWorker || !world.Faults.Strikes(Fault.BornClaimed)) return false;
        process.Reserved++;
        return true;
    }

    public void Release(string destination) => process.Reserved--;

    public async ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (bell.Claim is not null)
        {
            process.Reserved--;
            _ = process.HandAsync(bell);
            return;
        }

        await process.PassAsync("ring");
        if (world.Faults.Strikes(Fault.QueueUnavailable)) throw new QueueUnavailableException("the queue cannot be reached");
        world.Trace.Add(process.Name, "rings", bell.Delivery, bell.Attempt);
        world.Queue.Send(bell, at);
        if (world.Faults.Strikes(Fault.QueueAmbiguous)) throw new QueueUnavailableException("the queue did not answer");
        await process.PassAsync("ring");
    }

    public ValueTask PingAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
