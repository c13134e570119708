using System.Text.Json.Nodes;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Refusals;

/// <summary>A flood of forgeries at a source that keeps what it refuses: bounded disk, bounded work, and what came first stays.</summary>
public sealed class ForgedFloodTests
{
    [Fact]
    public async Task Five_thousand_forgeries_cost_bounded_disk_and_cannot_push_out_what_came_first_within_the_hour()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        for (var i = 0; i < 10; i++) await sluice.RefusedAsync(sluice.Stripe($"evt_{i}"));
        var genuine = (await sluice.QuarantineAsync()).Select(item => item.Text("id")).ToHashSet();
        sluice.Time.Advance(TimeSpan.FromMinutes(5));
        await FloodAsync(sluice, 3000);
        var full = Bytes(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(50));
        await FloodAsync(sluice, 2000);

        var kept = await sluice.QuarantineAsync();
        Assert.Equal(1000, kept.Count);
        Assert.Superset(genuine, kept.Select(item => item.Text("id")).ToHashSet());
        // Twenty more were told; nothing else was written.
        Assert.InRange(Bytes(sluice) - full, 0, 1_000_000);
        Assert.InRange(Bytes(sluice), 0, 40_000_000);
        Assert.Single(sluice.Log.Lines, line => line.Message.StartsWith("stripe: the quarantine is full", StringComparison.Ordinal));

        // An hour after the first came there is room again, for one at a time, and the genuine ones are still the better part of the hour old.
        await sluice.TakeUpAsync(RefusedSender.Right());
        Assert.Equal(10, (await sluice.JobAsync("release", 200)).Count(item => item.Text("result") == "Released"));
    }

    [Fact]
    public async Task After_an_hour_there_is_room_again()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(new JsonObject { ["MaxCount"] = 3 }));
        await FloodAsync(sluice, 50);
        var first = (await sluice.QuarantineAsync()).Select(item => item.Text("id")).ToHashSet();
        sluice.Time.Advance(TimeSpan.FromMinutes(59));
        await FloodAsync(sluice, 50);
        Assert.Equal(first, (await sluice.QuarantineAsync()).Select(item => item.Text("id")).ToHashSet());
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await FloodAsync(sluice, 1);

        Assert.Equal(2, (await sluice.QuarantineAsync()).Count(item => first.Contains(item.Text("id"))));
    }

    [Fact]
    public async Task While_a_source_is_full_a_flood_writes_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(new JsonObject { ["MaxCount"] = 2 }));
        await FloodAsync(sluice, 100);
        var before = Bytes(sluice);
        await FloodAsync(sluice, 200);

        Assert.Equal((before, 2), (Bytes(sluice), (await sluice.QuarantineAsync()).Count));
    }

    [Fact]
    public async Task Larger_bounds_count_from_the_moment_they_are_in_force()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(new JsonObject { ["MaxCount"] = 2 }));
        await FloodAsync(sluice, 10);
        await sluice.TakeUpAsync(RefusedSender.Wrong(new JsonObject { ["MaxCount"] = 5 }));
        await FloodAsync(sluice, 10);

        Assert.Equal(5, (await sluice.QuarantineAsync()).Count);
    }

    [Fact]
    public async Task One_large_forgery_does_not_shut_out_those_that_still_find_room()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(new JsonObject { ["MaxBytes"] = 60_000 }));
        for (var i = 0; i < 2; i++) await sluice.RefusedAsync(sluice.Stripe().Carrying(new string('x', 40_000)));
        Assert.Single(await sluice.QuarantineAsync());
        await sluice.RefusedAsync(sluice.Stripe());

        Assert.Equal(2, (await sluice.QuarantineAsync()).Count);
        Assert.Single(sluice.Log.Lines, line => line.Message.StartsWith("stripe: the quarantine is full of requests of the last hour and keeps none of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task During_the_flood_real_webhooks_are_kept()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Right());
        var flood = FloodAsync(sluice, 1000);
        for (var i = 0; i < 20; i++) await sluice.AcceptAsync($"evt_{i}");
        await flood;

        Assert.Equal(20, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Where_nothing_can_be_written_the_answer_is_401_all_the_same_and_the_log_says_so_once()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        using (new LockedBook(sluice)) for (var i = 0; i < 5; i++) await sluice.RefusedAsync(sluice.Stripe());
        Assert.Single(sluice.Log.Lines, line => line.Message.StartsWith("stripe: a refused request was not written down, nor are others for a moment: the database is locked", StringComparison.Ordinal));
        await sluice.RefusedAsync(sluice.Stripe());
        Assert.Empty(await sluice.QuarantineAsync());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        await sluice.RefusedAsync(sluice.Stripe());

        Assert.Single(await sluice.QuarantineAsync());
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_costs_the_answer_a_moment_and_no_more()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        using (new LockedBook(sluice))
        {
            var answer = sluice.PostAsync(sluice.Stripe());
            await sluice.PassAsync(TimeSpan.FromMilliseconds(300));
            Assert.Equal(401, (await answer).Status);
        }

        Assert.Contains(sluice.Log.Lines, line => line.Message.StartsWith("stripe: a refused request was not written down", StringComparison.Ordinal));
    }

    private static Task FloodAsync(RunningSluice sluice, int requests) => Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = TestContext.Current.CancellationToken },
        async (i, _) => await sluice.RefusedAsync(sluice.Stripe($"evt_forged_{i}").Carrying($$"""{"id":"evt_forged_{{i}}","filler":"{{new string('x', 1000)}}"}""")));

    private static long Bytes(RunningSluice sluice) => Directory.GetFiles(sluice.Data).Where(file => Path.GetFileName(file).StartsWith(Database.FileName, StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length);
}
