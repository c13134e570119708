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
    public async Task What_does_not_fit_into_memory_is_dropped_and_the_sweep_is_woken_when_there_is_room()
    {
        var wakeup = new Wakeup(new VirtualTime(Now));
        var queue = new LocalQueue(wakeup);
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var processed = 0;
        queue.Start(1, async _ =>
        {
            await busy.Task;
            processed++;
            return true;
        });
        await wakeup.WaitAsync(Now.AddHours(1), Cancellation);

        for (var i = 0; i < LocalQueue.MostWaiting * 2; i++) await queue.RingAsync(new Bell(new DeliveryId(EventId.Of("stripe", $"{i}"), "billing"), 1), Now, Cancellation);
        busy.SetResult();

        await wakeup.WaitAsync(Now.AddHours(1), Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await queue.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.InRange(processed, 1, LocalQueue.MostWaiting + 1);
    }

    [Fact]
    public async Task The_same_bell_twice_while_it_waits_is_heard_once()
    {
        var queue = new LocalQueue(new Wakeup(new VirtualTime(Now)));
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new List<Bell>();
        queue.Start(1, async bell =>
        {
            begun.TrySetResult();
            await busy.Task;
            lock (heard) heard.Add(bell);
            return true;
        });
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
        Assert.False(queue.TryReserve());
        await queue.RingAsync(new Bell(new DeliveryId(EventId.Of("stripe", "evt_1"), "billing"), 1), Now, Cancellation);
        await queue.StopAsync();
    }

    protected override ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear)
    {
        var queue = new LocalQueue(new Wakeup(time));
        queue.Start(Workers, async bell =>
        {
            await hear(bell);
            return true;
        });
        return queue;
    }
}
