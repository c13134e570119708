using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What is older than the retention goes by itself: the ended at once, the unfinished after they have expired.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Old_events_go_and_young_ones_stay()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Retention", "1.00:00:00"));
        var old = await sluice.AcceptAsync("evt_old");
        await sluice.UntilAsync(old, DeliveryStatus.Delivered, 1);
        sluice.Time.Advance(TimeSpan.FromHours(23));
        var young = await sluice.AcceptAsync("evt_young");
        await sluice.UntilAsync(young, DeliveryStatus.Delivered, 1);
        sluice.Time.Advance(TimeSpan.FromHours(1));
        await PassAsync(sluice, new Stats(1, 1, 0, 0, 1, 0, 0, 0));

        Assert.Equal(404, (await sluice.OpsAsync($"events/{old}")).Status);
        Assert.Equal(200, (await sluice.OpsAsync($"events/{young}")).Status);
    }

    [Fact]
    public async Task A_sender_may_send_an_event_anew_that_was_let_go()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.With("Retention", "1.00:00:00"));
        var id = await sluice.AcceptAsync();
        sluice.Time.Advance(TimeSpan.FromDays(1));
        await PassAsync(sluice, new Stats(0, 0, 0, 0, 0, 0, 0, 0));

        Assert.Equal(id, await sluice.AcceptAsync());
    }

    // Goes on step by step: between two of them retention rests for a moment.
    private static async Task PassAsync(RunningSluice sluice, Stats expected)
    {
        await sluice.UntilAsync(async () =>
        {
            sluice.Time.Advance(Period / 20);
            return await sluice.StatsAsync() == expected;
        });
    }
}
