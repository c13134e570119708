using System.Threading.Channels;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>What every bell keeps. A queue derives a test class once and says how it is opened.</summary>
public abstract class TaskQueueContract
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly Channel<Bell> heard = Channel.CreateUnbounded<Bell>();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>How many workers of this process can be reserved; 0 where they are elsewhere.</summary>
    protected abstract int Workers { get; }

    /// <summary>Opens the queue with that many workers; each bell that reaches one is given to <paramref name="hear"/>.</summary>
    protected abstract ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear);

    [Fact]
    public async Task A_bell_is_heard_with_its_delivery_and_attempt()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        await queue.RingAsync(NewBell(3), Now, Cancellation);
        Assert.Equal(NewBell(3), await NextAsync());
    }

    [Fact]
    public async Task A_bell_for_later_is_not_heard_now()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        await queue.RingAsync(NewBell(1), Now.AddMinutes(1), Cancellation);
        await queue.RingAsync(NewBell(2), Now, Cancellation);
        Assert.Equal(2, (await NextAsync()).Attempt);
        Assert.False(heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Every_bell_that_is_rung_while_workers_are_busy_is_heard_in_the_end()
    {
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queue = Open(new VirtualTime(Now), async bell =>
        {
            await busy.Task;
            await Hear(bell);
        });
        for (var attempt = 1; attempt <= 100; attempt++) await queue.RingAsync(NewBell(attempt), Now, Cancellation);
        busy.SetResult();

        var attempts = new HashSet<int>();
        while (attempts.Count < 100) attempts.Add((await NextAsync()).Attempt);
        Assert.Equal(Enumerable.Range(1, 100), attempts.Order());
    }

    [Fact]
    public async Task A_reserved_worker_gets_the_bell_with_its_claim()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        Assert.Equal(Workers > 0, queue.TryReserve("billing"));
        var claim = new Claim { Delivery = NewBell(1).Delivery, Attempt = 1, CountedFrom = 0, Lease = new Lease(7, Now.AddMinutes(1)) };
        await queue.RingAsync(NewBell(1) with { Claim = Workers > 0 ? claim : null }, Now, Cancellation);
        Assert.Equal(Workers > 0 ? claim : null, (await NextAsync()).Claim);
    }

    [Fact]
    public void No_more_workers_are_reserved_than_there_are_and_a_released_one_is_free_again()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        Assert.Equal(Workers, ReserveAll(queue).Count);
        for (var i = 0; i < Workers; i++) queue.Release($"destination_{i}");
        Assert.Equal(Workers, ReserveAll(queue).Count);
    }

    [Fact]
    public async Task While_all_workers_are_reserved_a_bell_waits_and_is_heard_when_one_is_released()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        var reserved = ReserveAll(queue);
        await queue.RingAsync(NewBell(1), Now, Cancellation);
        foreach (var destination in reserved) queue.Release(destination);
        Assert.Equal(1, (await NextAsync()).Attempt);
    }

    [Fact]
    public async Task It_knows_its_own_reach_and_can_be_reached()
    {
        var queue = Open(new VirtualTime(Now), Hear);
        Assert.True(queue.Grace >= TimeSpan.Zero && queue.Horizon >= TimeSpan.Zero);
        await queue.PingAsync(Cancellation);
    }

    // One for each destination, so that it is nobody's share that ends first.
    private List<string> ReserveAll(ITaskQueue queue) => [.. Enumerable.Range(0, Workers + 5).Select(i => $"destination_{i}").Where(queue.TryReserve)];

    private static Bell NewBell(int attempt) => new(new DeliveryId(EventId.Of("stripe", "evt_1"), "billing"), attempt);

    private Task Hear(Bell bell) => heard.Writer.WriteAsync(bell, Cancellation).AsTask();

    private async Task<Bell> NextAsync() => await heard.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
}
