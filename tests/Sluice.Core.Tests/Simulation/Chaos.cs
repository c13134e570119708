using Sluice.Contracts.Simulation;
using Sluice.Inspection;

namespace Sluice.Core.Tests.Simulation;

/// <summary>What happens to the whole world from time to time: clocks are set, the store throttles, processes are stopped; and the operator at work.</summary>
internal sealed class Chaos(World world)
{
    private TimeSpan until;
    private TimeSpan throttledUntil;
    private int working;

    public bool IsThrottled => world.Faults.AreOn && world.Time.Elapsed < throttledUntil;

    public bool IsAtWork => working > 0;

    public void Start(TimeSpan time)
    {
        until = world.Time.Elapsed + time;
        var pause = Math.Max(time.TotalSeconds / 20, 10);
        world.Network.Start(async () =>
        {
            while (true)
            {
                await world.DelayAsync(1, pause * 2);
                if (world.Time.Elapsed >= until) return;
                Trouble();
                Operate();
            }
        });
    }

    public void Stop() => until = TimeSpan.Zero;

    private void Trouble()
    {
        if (world.Faults.Strikes(Fault.ClockJump))
        {
            var by = TimeSpan.FromSeconds(world.Random.Next(4) == 0 ? -world.Random.Next(1, 20) : world.Random.Next(1, 240));
            world.Time.Jump(by);
            if (by < TimeSpan.Zero) world.Ledger.ClockSetBack -= by;
            world.Trace.Add("world", "sets the clock by", by);
        }

        if (world.Faults.Strikes(Fault.StoreThrottled)) throttledUntil = world.Time.Elapsed + TimeSpan.FromSeconds(world.Random.Next(1, 90));
        if (world.Faults.Strikes(Fault.Stop)) world.AnyProcess(process => process.IsAccepting)?.Stop();
    }

    private void Operate()
    {
        if (world.AnyProcess(process => process.IsAccepting) is not { } process) return;
        var deadBefore = world.Now;
        if (world.Faults.Strikes(Fault.Purge)) Work(process.OperateAsync(replayer => replayer.PurgeDeadAsync(new DeadLetterFilter { Limit = 1, DeadBefore = deadBefore }, default).AsTask()));
        if (!world.Faults.Strikes(Fault.Replay)) return;
        if (world.Random.Next(2) == 0) Work(process.OperateAsync(replayer => replayer.ReplayDeadAsync(new DeadLetterFilter { Limit = 5, DeadBefore = deadBefore }, default).AsTask()));
        else if (world.Ledger.Acknowledged.Count > 0)
        {
            var id = world.Ledger.Acknowledged.ElementAt(world.Random.Next(world.Ledger.Acknowledged.Count));
            var onlyDead = world.Random.Next(2) == 0;
            Work(process.OperateAsync(replayer => replayer.ReplayEventAsync(id, onlyDead, default).AsTask()));
        }
    }

    private void Work(Task work)
    {
        working++;
        world.Network.Start(async () =>
        {
            await work;
            working--;
        });
    }
}
