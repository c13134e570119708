using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What is older than the retention goes by itself: the ended at once, the unfinished after they have expired.</summary>
public sealed class RetentionTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    // It does not say for how long it repeats: its events are kept for the retention.
    private static readonly Sender Typeform = new("typeform");

    [Fact]
    public async Task Old_events_go_and_young_ones_stay()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(File.Destination("billing", sink.Url));
        var old = await sluice.AcceptAsync(Event(sluice, "evt_old"));
        await sluice.UntilAsync(old, DeliveryStatus.Delivered, 1);
        sluice.Time.Advance(TimeSpan.FromHours(23));
        var young = await sluice.AcceptAsync(Event(sluice, "evt_young"));
        await sluice.UntilAsync(young, DeliveryStatus.Delivered, 1);
        sluice.Time.Advance(TimeSpan.FromHours(1));
        await PassAsync(sluice, new Stats(1, 1, 0, 0, 1, 0, 0, 0));

        Assert.Equal(404, (await sluice.OpsAsync($"events/{old}")).Status);
        Assert.Equal(200, (await sluice.OpsAsync($"events/{young}")).Status);
    }

    [Fact]
    public async Task A_sender_may_send_an_event_anew_that_was_let_go()
    {
        await using var sluice = await RunningSluice.StartAsync(File);
        var id = await sluice.AcceptAsync(Event(sluice));
        sluice.Time.Advance(TimeSpan.FromDays(1));
        await PassAsync(sluice, new Stats(0, 0, 0, 0, 0, 0, 0, 0));

        Assert.Equal(id, await sluice.AcceptAsync(Event(sluice)));
    }

    [Fact]
    public async Task What_a_sender_may_still_repeat_is_known_again_although_it_is_older_than_the_retention()
    {
        // Stripe repeats for three days.
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.With("Retention", "1.00:00:00"));
        var id = await sluice.AcceptAsync();
        sluice.Time.Advance(TimeSpan.FromDays(1));
        var repeats = 0;
        await sluice.UntilAsync(async () =>
        {
            sluice.Time.Advance(Period);
            if ((await sluice.StatsAsync()).Events == 0) return true;
            if (repeats > 0 || sluice.Now < RunningSluice.Start.AddDays(3)) return false;
            var repeat = await sluice.PostAsync(sluice.Stripe());
            Assert.Equal((id, "duplicate"), (repeat.Id, repeat.Json.GetProperty("status").GetString()));
            repeats++;
            return false;
        });
        // For three days it repeats, and a day more is for its clock.
        Assert.Equal(1, repeats);
        Assert.InRange(sluice.Now - RunningSluice.Start, TimeSpan.FromDays(4), TimeSpan.FromDays(6));
    }

    private static SluiceFile File => new SluiceFile().Source("typeform", "typeform").With("Retention", "1.00:00:00");

    private static Webhook Event(RunningSluice sluice, string id = "evt_1") => Typeform.Sign($$"""{"event_id":"{{id}}","event_type":"form_response"}""", sluice.Now);

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
