using System.Collections.Concurrent;
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
    public async Task From_many_threads_at_once_every_bell_is_heard_and_nobody_has_more_than_its_concurrency()
    {
        // Fewer than are dropped when too much is handed back at once, which the sweep would find.
        const int bells = 1500;
        var queue = NewQueue();
        var (heard, parked, underWay, most) = (new ConcurrentDictionary<Bell, bool>(), new ConcurrentDictionary<Bell, bool>(), 0, 0);
        queue.Start(8, async bell =>
        {
            var isLimited = bell.Delivery.Destination == "destination_0";
            if (isLimited) InterlockedMax(ref most, Interlocked.Increment(ref underWay));
            await Task.Yield();
            if (isLimited) Interlocked.Decrement(ref underWay);
            parked.TryRemove(bell, out _);
            heard.TryAdd(bell, true);
            return true;
        }, destination => destination == "destination_0" ? 2 : null);
        var ringing = Parallel.ForEachAsync(Enumerable.Range(1, bells), Cancellation, async (i, token) => await queue.RingAsync(new Bell(new DeliveryId(EventId.Of("stripe", "evt_1"), $"destination_{i % 7}"), i), Now, token));

        // As the delivery service does, over a book that is a dictionary.
        while (heard.Count < bells || !ringing.IsCompleted)
        {
            var back = queue.TakeHandedBack();
            foreach (var bell in back) parked.TryAdd(bell, true);
            queue.Forget(back);
            foreach (var (destination, room) in queue.TakeRoom())
            {
                var rows = parked.Keys.Where(bell => bell.Delivery.Destination == destination).OrderBy(bell => bell.Attempt).Take(room).ToList();
                foreach (var bell in rows) await queue.RingAsync(bell, Now, Cancellation);
                if (rows.Count == room) queue.MoreIsParked(destination);
            }

            await Task.Delay(1, Cancellation);
        }

        await ringing;
        Assert.InRange(most, 1, 2);
        await queue.StopAsync().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
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

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = Volatile.Read(ref most))
        {
        }
    }

    private static int? NoLimit(string destination) => null;
}
