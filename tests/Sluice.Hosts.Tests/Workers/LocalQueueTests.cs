using System.Collections.Concurrent;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.LocalHost.Workers;
using Sluice.Processing;

namespace Sluice.Hosts.Tests.Workers;

/// <summary>The bell of one process, beside a book in which what is rung for stands as due.</summary>
public sealed class LocalQueueTests : TaskQueueContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    protected override int Workers => 3;

    [Fact]
    public async Task What_is_due_once_is_handed_out_once_however_often_it_is_rung_for()
    {
        var heard = new ConcurrentQueue<Bell>();
        var (gate, both) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource());
        var queue = new BookedQueue(new VirtualTime(Now), removesFirst: false);
        queue.Start(3, async bell =>
        {
            heard.Enqueue(bell);
            if (heard.Count == 2) both.TrySetResult();
            await gate.Task;
        });
        for (var i = 0; i < 5; i++) await queue.RingAsync(NewBell("billing", 1), Now, Cancellation);
        await queue.RingAsync(NewBell("billing", 2), Now, Cancellation);
        await both.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        gate.SetResult();
        await queue.Queue.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal([1, 2], heard.Select(bell => bell.Attempt).Order());
    }

    [Fact]
    public async Task From_many_threads_at_once_every_bell_is_heard_and_nobody_has_more_than_its_concurrency()
    {
        const int bells = 5000;
        var (heard, underWay, most) = (new ConcurrentDictionary<Bell, bool>(), 0, 0);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queue = new BookedQueue(new VirtualTime(Now));
        queue.Start(8, async bell =>
        {
            var isLimited = bell.Delivery.Destination == "destination_0";
            if (isLimited) InterlockedMax(ref most, Interlocked.Increment(ref underWay));
            await Task.Yield();
            if (isLimited) Interlocked.Decrement(ref underWay);
            heard.TryAdd(bell, true);
            if (heard.Count == bells) all.TrySetResult();
        }, destination => destination == "destination_0" ? 2 : null);
        await Parallel.ForEachAsync(Enumerable.Range(1, bells), Cancellation, async (i, token) => await queue.RingAsync(NewBell($"destination_{i % 7}", i), Now, token));
        await all.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.InRange(most, 1, 2);
        await queue.Queue.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    [Fact]
    public async Task After_the_stop_nothing_is_handed_out()
    {
        var queue = (BookedQueue)Open(new VirtualTime(Now), _ => throw new InvalidOperationException("handed out"));
        await queue.Queue.StopAsync();
        Assert.False(queue.TryReserve("billing"));
        await queue.RingAsync(NewBell("billing", 1), Now, Cancellation);
        await queue.Queue.StopAsync();
    }

    [Fact]
    public async Task A_stop_waits_for_what_is_claimed()
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var queue = Open(new VirtualTime(Now), async _ =>
        {
            begun.SetResult();
            await gate.Task;
        });
        Assert.True(queue.TryReserve("billing"));
        var stopped = ((BookedQueue)queue).Queue.StopAsync();
        var claim = new Storage.Claim { Delivery = NewBell("billing", 1).Delivery, Attempt = 1, CountedFrom = 0, Lease = new(7, Now.AddMinutes(1)) };
        await queue.RingAsync(NewBell("billing", 1) with { Claim = claim }, Now, Cancellation);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.False(stopped.IsCompleted);
        gate.SetResult();
        await stopped.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
    }

    /// <summary>As the first of a batch that gathers: it is rung for while a worker that has heard it is about to end.</summary>
    [Fact]
    public async Task What_is_rung_for_while_a_worker_looks_at_it_is_looked_at_once_more()
    {
        var time = new VirtualTime(Now);
        var queue = new LocalQueue(new Wakeup(time), time);
        var bell = NewBell("billing", 1);
        var (heard, asked) = (0, 0);
        var (gate, again, passedOver) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        queue.Start(2, async (_, _) =>
        {
            if (Interlocked.Increment(ref heard) == 1) await gate.Task;
            else again.SetResult();
            return true;
        }, (_, _, _) =>
        {
            if (Interlocked.Increment(ref asked) == 2) passedOver.SetResult();
            return Task.FromResult(new Taken(asked <= 3 ? [bell] : [], IsMore: false, null));
        }, static _ => null, static () => true);
        await queue.RingAsync(bell, Now, Cancellation);
        while (Volatile.Read(ref heard) == 0) await Task.Yield();
        await queue.RingAsync(bell, Now, Cancellation);
        await passedOver.Task.InTimeAsync();
        // The book's answer has been dealt with when there is nothing more to ask it.
        while (!queue.TryReserve("billing")) await Task.Yield();
        queue.Release("billing");
        Assert.Equal(1, Volatile.Read(ref heard));
        gate.SetResult();
        await again.Task.InTimeAsync();
        Assert.Equal(2, heard);
    }

    [Fact]
    public async Task What_ended_while_the_book_was_asked_takes_nobodys_place()
    {
        var time = new VirtualTime(Now);
        var queue = new LocalQueue(new Wakeup(time), time);
        var (known, gone, waiting) = (NewBell("billing", 1), NewBell("billing", 2), NewBell("billing", 3));
        var (heard, asked) = (0, 0);
        var (gate, answer, isAsked, isHeard) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        queue.Start(3, async (bell, _) =>
        {
            if (bell == waiting) isHeard.SetResult();
            else if (Interlocked.Increment(ref heard) <= 2) await gate.Task;
            return true;
        }, async (_, _, _) =>
        {
            switch (Interlocked.Increment(ref asked))
            {
                case 1: return new Taken([known, gone], IsMore: false, null);
                case 2:
                    isAsked.SetResult();
                    await answer.Task;
                    return new Taken([known, waiting], IsMore: false, null);
                default: return new Taken(isHeard.Task.IsCompleted ? [] : [waiting], IsMore: false, null);
            }
        }, static _ => null, static () => true);
        await queue.RingAsync(known, Now, Cancellation);
        while (Volatile.Read(ref heard) < 2) await Task.Yield();
        await queue.RingAsync(waiting, Now, Cancellation);
        await isAsked.Task.InTimeAsync();

        // The book has been asked for one worker; then the two others are free again.
        gate.SetResult();
        for (var isFree = false; !isFree; await Task.Yield())
        {
            if (!queue.TryReserve("other")) continue;
            isFree = queue.TryReserve("other");
            if (isFree) queue.Release("other");
            queue.Release("other");
        }

        answer.SetResult();
        await isHeard.Task.InTimeAsync();
    }

    protected override ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear)
    {
        var queue = new BookedQueue(time);
        queue.Start(Workers, hear);
        return queue;
    }

    private static Bell NewBell(string destination, int attempt) => new(new DeliveryId(EventId.Of("stripe", "evt_1"), destination), attempt);

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen && Interlocked.CompareExchange(ref most, value, seen) != seen; seen = Volatile.Read(ref most))
        {
        }
    }

    /// <summary>What is rung for is written down as due first, as everywhere; the queue takes it from there.</summary>
    /// <param name="removesFirst">Whether it is due no more once it is handed out, as by a claim; otherwise once it was heard.</param>
    private sealed class BookedQueue(TimeProvider time, bool removesFirst = true) : ITaskQueue
    {
        private readonly List<(Bell Bell, DateTimeOffset Due)> book = [];

        public LocalQueue Queue { get; } = new(new Wakeup(time), time);

        public TimeSpan Grace => Queue.Grace;

        public TimeSpan Horizon => Queue.Horizon;

        public void Start(int workers, Func<Bell, Task> hear, Func<string, int?>? limit = null) => Queue.Start(workers, async (bell, _) =>
        {
            await hear(bell);
            lock (book) book.RemoveAll(row => row.Bell == bell);
            return true;
        }, (destination, free, known) => Task.FromResult(Take(destination, removesFirst ? free : free + known)), limit ?? (static _ => null), static () => false);

        public bool TryReserve(string destination) => Queue.TryReserve(destination);

        public void Release(string destination) => Queue.Release(destination);

        public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
        {
            lock (book)
            {
                if (bell.Claim is null && !book.Contains((bell, at))) book.Add((bell, at));
            }

            return Queue.RingAsync(bell, at, cancellationToken);
        }

        public ValueTask PingAsync(CancellationToken cancellationToken) => Queue.PingAsync(cancellationToken);

        private Taken Take(string destination, int most)
        {
            lock (book)
            {
                Bell[] due = [.. book.Where(row => row.Bell.Delivery.Destination == destination && row.Due <= time.GetUtcNow()).Select(row => row.Bell).Take(most)];
                if (removesFirst) book.RemoveAll(row => due.Contains(row.Bell));
                return new(due, due.Length == most, null);
            }
        }
    }
}
