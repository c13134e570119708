using Sluice.Contracts;
using Sluice.Events;
using Sluice.LocalHost.Workers;
using Sluice.Processing;

namespace Sluice.Hosts.Tests.Workers;

/// <summary>The bell of one process.</summary>
public sealed class LocalQueueTests : TaskQueueContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    protected override int Workers => 3;

    [Fact]
    public async Task The_same_bell_twice_while_it_waits_is_heard_once()
    {
        var queue = NewQueue();
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new List<Bell>();
        queue.Start(1, async bell =>
        {
            begun.TrySetResult();
            await busy.Task;
            lock (heard) heard.Add(bell);
            return true;
        }, NoLimit);
        var bell = new Bell(new DeliveryId(EventId.Of("stripe", "evt_1"), "billing"), 1);
        for (var i = 0; i < 5; i++) await queue.RingAsync(bell, Now, Cancellation);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        busy.SetResult();
        await queue.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.Equal([bell], heard);
    }

    [Fact]
    public async Task After_the_stop_nothing_is_handed_out()
    {
        var queue = (LocalQueue)Open(new VirtualTime(Now), _ => throw new InvalidOperationException("handed out"));
        await queue.StopAsync();
        Assert.False(queue.TryReserve("billing"));
        await queue.RingAsync(new Bell(new DeliveryId(EventId.Of("stripe", "evt_1"), "billing"), 1), Now, Cancellation);
        await queue.StopAsync();
    }

    protected override ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear)
    {
        var queue = new LocalQueue(new Wakeup(time), time);
        queue.Start(Workers, async bell =>
        {
            await hear(bell);
            return true;
        }, NoLimit);
        return queue;
    }

    private static LocalQueue NewQueue()
    {
        var time = new VirtualTime(Now);
        return new(new Wakeup(time), time);
    }

    private static int? NoLimit(string destination) => null;
}
