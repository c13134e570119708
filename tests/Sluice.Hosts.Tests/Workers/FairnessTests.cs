using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Workers;

/// <summary>Destinations that hang, and those beside them. The clock stands still: no attempt ends by its timeout.</summary>
public sealed class FairnessTests
{
    private static readonly JsonObject Named = new() { ["Types"] = new JsonArray("invoice.*") };

    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> delivered = new();
    private int underWay;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_destination_that_hangs_holds_up_nobody_and_gets_everything_in_the_end()
    {
        const int events = 900;
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("hanging", "hangs", Named).Destination("billing", "delivers", Named), Hangs, Delivers);
        await AcceptAsync(sluice, 0, events);

        await sluice.UntilAsync(() => delivered.Count == events);
        Assert.Equal(33, underWay);
        // The others wait in the book: nothing of them is in memory.
        Assert.Equal(events - 33, (await sluice.Store.DueAsync(sluice.Time.GetUtcNow(), events, Cancellation)).Rows.Count);

        gate.SetResult();
        await sluice.UntilAsync(async () => await sluice.StatsAsync() == new Stats(events, 2 * events, 0, 0, 2 * events, 0, 0, 0));
        Assert.Equal(2 * events, delivered.Count);
    }

    [Fact]
    public async Task Eight_destinations_that_hang_hold_up_nobody()
    {
        const int events = 80;
        var file = SluiceFile.Stripe.Destination("billing", "delivers");
        for (var i = 0; i < 8; i++) file.Destination($"hanging_{i}", "hangs");
        await using var sluice = await RunningSluice.StartAsync(file, Hangs, Delivers);
        await AcceptAsync(sluice, 0, events);

        await sluice.UntilAsync(() => delivered.Count == events);
        Assert.InRange(underWay, 32, 63);
        gate.SetResult();
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 9 * events);
    }

    [Fact]
    public async Task However_much_is_due_for_many_at_the_start_all_of_it_is_delivered_at_once()
    {
        const int events = 60, destinations = 60;
        SluiceFile File(int workers)
        {
            var file = SluiceFile.Stripe.Destination("hanging", "hangs").With("Workers", workers);
            for (var i = 0; i < destinations; i++) file.Destination($"billing_{i}", "delivers");
            return file;
        }

        await using var sluice = await RunningSluice.StartAsync(File(0), Hangs, Delivers);
        await AcceptAsync(sluice, 0, events);
        await sluice.RestartAsync(File(64));
        await sluice.UntilAsync(() => delivered.Count == events * destinations);
        gate.SetResult();
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == events * (destinations + 1));
    }

    [Fact]
    public async Task What_no_worker_was_free_for_is_delivered_in_the_order_of_keeping()
    {
        const int events = 700;
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "hangs").With("Workers", 1), Hangs);
        var ids = await AcceptAsync(sluice, 0, events);
        gate.SetResult();
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == events);
        Assert.Equal(ids.Select(id => id.ToString()), delivered);
    }

    [Fact]
    public async Task While_older_ones_wait_newer_ones_go_behind_them()
    {
        const int first = 600;
        using var oneByOne = new SemaphoreSlim(0);
        var slow = new OwnHandler("slow", async (webhook, _, cancellationToken) =>
        {
            await oneByOne.WaitAsync(cancellationToken);
            delivered.Enqueue(webhook.Id.ToString());
            return Outcome.Done;
        });
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "slow").With("Workers", 1), slow);
        var ids = await AcceptAsync(sluice, 0, first);
        for (var i = 0; i < 150; i++)
        {
            oneByOne.Release();
            await sluice.UntilAsync(() => delivered.Count == i + 1);
            ids.AddRange(await AcceptAsync(sluice, first + i, 1));
        }

        oneByOne.Release(first);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == first + 150);
        Assert.Equal(ids.Select(id => id.ToString()), delivered);
    }

    [Fact]
    public async Task What_waits_is_delivered_after_the_next_start()
    {
        const int events = 500;
        var file = SluiceFile.Stripe.Destination("billing", "hangs").Destination("gone", "hangs").With("Workers", 1);
        await using var sluice = await RunningSluice.StartAsync(file, Hangs);
        await AcceptAsync(sluice, 0, events);
        await sluice.DownAsync();
        Assert.InRange(delivered.Count, 0, 1);

        gate.SetResult();
        // One destination is not configured any more: its deliveries are found all the same, and die.
        await sluice.RestartAsync(SluiceFile.Stripe.Destination("billing", "hangs").With("Workers", 1));
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Pending: 0, Retrying: 0 });
        Assert.Equal((events, events), ((int)(await sluice.StatsAsync()).Delivered, (int)(await sluice.StatsAsync()).DeadLettered));
    }

    private OwnHandler Hangs => new("hangs", async (webhook, _, cancellationToken) =>
    {
        Interlocked.Increment(ref underWay);
        await gate.Task.WaitAsync(cancellationToken);
        delivered.Enqueue(webhook.Id.ToString());
        return Outcome.Done;
    });

    private OwnHandler Delivers => new("delivers", (webhook, _, _) =>
    {
        delivered.Enqueue(webhook.Id.ToString());
        return new(Outcome.Done);
    });

    private static async Task<List<EventId>> AcceptAsync(RunningSluice sluice, int from, int count)
    {
        var ids = new List<EventId>();
        for (var i = from; i < from + count; i++) ids.Add(await sluice.AcceptAsync($"evt_{i}"));
        return ids;
    }
}
