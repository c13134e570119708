using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What gathers for a destination that may be given nothing now stays in the book and goes when it may.</summary>
public sealed class HeldBatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_destination_that_gathers_and_is_paused_keeps_its_events_and_gets_them_when_it_is_resumed()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink));
        await RegistrationsOf(sluice).PauseAsync("billing", "is being moved", Cancellation);
        for (var i = 0; i < 7; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, 7);
        for (var i = 0; i < 10; i++) sluice.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, sink.Count);

        await RegistrationsOf(sluice).ResumeAsync("billing", Cancellation);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 7);
        Assert.Equal(3, sink.Count);
    }

    [Fact]
    public async Task A_few_that_gathered_before_the_pause_go_at_once_when_it_is_over()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink));
        await sluice.AcceptAsync("evt_1");
        await sluice.UntilAsync(() => sluice.Time.IsAwaited(RunningSluice.Start.AddSeconds(5)));
        await RegistrationsOf(sluice).PauseAsync("billing", "is being moved", Cancellation);
        for (var i = 0; i < 10; i++) sluice.Time.Advance(TimeSpan.FromSeconds(6));
        await ParkedAsync(sluice, 1);
        Assert.Equal(0, sink.Count);

        var resumed = sluice.Now;
        await RegistrationsOf(sluice).ResumeAsync("billing", Cancellation);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 1);
        Assert.Equal(resumed, sluice.Now);
    }

    [Fact]
    public async Task A_destination_that_gathers_and_fails_is_left_alone_probed_once_and_drained()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, new() { ["Breaker"] = new JsonObject { ["Failures"] = 1 }, ["Retry"] = new JsonObject { ["BaseDelay"] = "00:00:05", ["Jitter"] = 0 } }));
        for (var i = 0; i < 3; i++) await sluice.AcceptAsync($"evt_{i}");
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("left alone", StringComparison.Ordinal));
        for (var i = 3; i < 9; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, 6);
        await WhileTimePassesAsync(sluice, () => sluice.Now >= RunningSluice.Start.AddSeconds(14));
        Assert.Equal(1, sink.Count);

        await WhileTimePassesAsync(sluice, () => sluice.Log.Text.Contains("still fails", StringComparison.Ordinal));
        Assert.Equal(2, sink.Count);
        var failed = sluice.Now;
        sink.Answers(200);
        await WhileTimePassesAsync(sluice, async () => (await sluice.StatsAsync()).Delivered == 9);
        Assert.InRange(sluice.Now - failed, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(45));
    }

    [Fact]
    public async Task A_rate_of_a_destination_that_gathers_counts_requests_and_is_used()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, new() { ["Limits"] = new JsonObject { ["Rate"] = "2/s" } }, wait: "00:01:00"));
        for (var i = 0; i < 36; i++) await sluice.AcceptAsync($"evt_{i}");
        await WhileTimePassesAsync(sluice, async () => (await sluice.StatsAsync()).Delivered == 36, 20);
        Assert.Equal(12, sink.Count);
        Assert.InRange(sluice.Now - RunningSluice.Start, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task What_has_gathered_goes_one_by_one_when_the_destination_gathers_no_more()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, wait: "00:01:00"));
        for (var i = 0; i < 2; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, 2);
        sluice.Write(SluiceFile.Stripe.Destination("billing", sink.Url).ToString());
        sluice.Time.Advance(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 2);
        Assert.Equal(2, sink.Count);
    }

    private static SluiceFile Gathering(Sink sink, JsonObject? settings = null, string wait = "00:00:05")
    {
        var all = new JsonObject { ["Format"] = "CloudEvents", ["Batch"] = new JsonObject { ["Events"] = 3, ["Wait"] = wait } };
        foreach (var (name, value) in settings ?? []) all[name] = value?.DeepClone();
        return SluiceFile.Stripe.Destination("billing", sink.Url, all);
    }

    private static Registrations RegistrationsOf(RunningSluice sluice) => sluice.Services.GetRequiredService<Registrations>();

    private static Task ParkedAsync(RunningSluice sluice, int count) => sluice.UntilAsync(async () => (await sluice.Store.ParkedAsync("billing", 1000, Cancellation)).Count == count, $"{count} are parked");

    private static Task WhileTimePassesAsync(RunningSluice sluice, Func<bool> condition) => WhileTimePassesAsync(sluice, () => ValueTask.FromResult(condition()));

    private static Task WhileTimePassesAsync(RunningSluice sluice, Func<ValueTask<bool>> condition, int milliseconds = 50) => sluice.UntilAsync(async () =>
    {
        sluice.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return await condition();
    });
}
