using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What may not go now waits with its destination, and goes when it may.</summary>
public sealed class PacingTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_destination_keeps_its_events_over_a_restart_and_gets_them_slowly_at_first_when_it_is_resumed()
    {
        await using var sink = await Sink.StartAsync(200);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url);
        await using var sluice = await RunningSluice.StartAsync(file);
        await sluice.Services.GetRequiredService<Registrations>().PauseAsync("billing", "is being moved", Cancellation);
        for (var i = 0; i < 30; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, 30);

        await sluice.RestartAsync(file);
        sluice.Time.Advance(TimeSpan.FromMinutes(10));
        await ParkedAsync(sluice, 30);
        Assert.Equal(0, sink.Count);

        var resumed = sluice.Now;
        await sluice.Services.GetRequiredService<Registrations>().ResumeAsync("billing", Cancellation);
        await WhileTimePassesAsync(sluice, TimeSpan.FromMilliseconds(10), () => sink.Count == 30);
        Assert.InRange((await BeginningsAsync(sluice, 30)).Count(at => at < resumed.AddSeconds(1)), 1, 20);
    }

    [Fact]
    public async Task A_destination_that_fails_again_and_again_is_left_alone_asked_once_and_given_what_waited_when_it_is_back()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url, new JsonObject { ["Breaker"] = new JsonObject { ["Failures"] = 3 } }));
        for (var i = 0; i < 3; i++) await sluice.UntilAsync(await sluice.AcceptAsync($"evt_{i}"), DeliveryStatus.Retrying, 1);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("left alone", StringComparison.Ordinal));
        for (var i = 3; i < 8; i++) await sluice.AcceptAsync($"evt_{i}");
        await ParkedAsync(sluice, 5);
        Assert.Equal(3, sink.Count);

        // What was to be tried again meanwhile waits too, and costs no attempt.
        sluice.Time.Advance(TimeSpan.FromSeconds(14));
        await ParkedAsync(sluice, 8);
        await WhileTimePassesAsync(sluice, TimeSpan.FromMilliseconds(10), () => sink.Count == 4);
        Assert.InRange(sluice.Now - RunningSluice.Start, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20));
        await WhileTimePassesAsync(sluice, TimeSpan.FromMilliseconds(10), () => sluice.Log.Text.Contains("still fails", StringComparison.Ordinal));
        var paused = sluice.Now;

        sink.Answers(200);
        await WhileTimePassesAsync(sluice, TimeSpan.FromMilliseconds(20), () => sink.Count == 12);
        Assert.True(sluice.Now - paused >= TimeSpan.FromSeconds(29), "the second pause is twice the first");
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 8);
        Assert.Contains("is back", sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_breaker_that_is_open_stays_open_over_a_restart()
    {
        await using var sink = await Sink.StartAsync(500);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url, new JsonObject { ["Breaker"] = new JsonObject { ["Failures"] = 1, ["Pause"] = "00:05:00" } });
        await using var sluice = await RunningSluice.StartAsync(file);
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("left alone", StringComparison.Ordinal));

        await sluice.RestartAsync(file);
        await sluice.AcceptAsync("evt_2");
        await ParkedAsync(sluice, 1);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task A_rate_holds()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url, new JsonObject { ["Limits"] = new JsonObject { ["Rate"] = "4/s" } }));
        for (var i = 0; i < 50; i++) await sluice.AcceptAsync($"evt_{i}");
        await WhileTimePassesAsync(sluice, Step, () => sink.Count == 50);

        var at = await BeginningsAsync(sluice, 50);
        Assert.InRange(at.Max(first => at.Count(next => next >= first && next < first.AddSeconds(10))), 30, 44);
    }

    [Fact]
    public async Task No_more_are_under_way_than_may_be()
    {
        var (gate, underWay, most) = (new Lock(), 0, 0);
        var handler = new OwnHandler("own", async (_, _, _) =>
        {
            lock (gate) most = Math.Max(most, ++underWay);
            await Task.Delay(5, CancellationToken.None);
            lock (gate) underWay--;
            return Sluice.Delivery.Outcome.Done;
        });
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "own", new JsonObject { ["Limits"] = new JsonObject { ["Concurrency"] = 3 } }), handler);
        for (var i = 0; i < 100; i++) await sluice.AcceptAsync($"evt_{i}");
        await WhileTimePassesAsync(sluice, Step, async () => (await sluice.StatsAsync()).Delivered == 100);
        Assert.Equal(3, most);
    }

    private static Task ParkedAsync(RunningSluice sluice, int count) => sluice.UntilAsync(async () => (await sluice.Store.ParkedAsync("billing", 1000, Cancellation)).Count == count, $"{count} are parked");

    private static Task WhileTimePassesAsync(RunningSluice sluice, TimeSpan step, Func<bool> condition) => WhileTimePassesAsync(sluice, step, () => ValueTask.FromResult(condition()));

    private static Task WhileTimePassesAsync(RunningSluice sluice, TimeSpan step, Func<ValueTask<bool>> condition) => sluice.UntilAsync(async () =>
    {
        sluice.Time.Advance(step);
        return await condition();
    });

    private static async Task<IReadOnlyList<DateTimeOffset>> BeginningsAsync(RunningSluice sluice, int count)
    {
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == count);
        var page = await sluice.Store.ListAsync(new() { Limit = count }, Cancellation);
        return [.. page.Items.Select(item => item.Deliveries.Single().Attempts.Single().StartedAt).Order()];
    }
}
