using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>A dead letter, or an event that nobody wanted, goes on when an operator or its sender asks again.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task A_replayed_dead_letter_is_delivered_once_the_destination_is_well()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        sink.Answers(200);

        Assert.Equal(1, (await sluice.OpsJsonAsync("dead-letters/replay", HttpMethod.Post)).GetProperty("done").GetInt32());
        var delivery = await sluice.UntilAsync(id, DeliveryStatus.Delivered, 4);
        Assert.Equal([1, 2, 3, 4], delivery.Attempts.Select(attempt => attempt.Number));
        Assert.Equal("4", sink.Requests[3].Headers["Sluice-Attempt"]);
    }

    [Fact]
    public async Task After_a_replay_the_attempts_are_counted_anew_and_numbered_on()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        var replayedAt = sluice.Now;
        await sluice.OpsJsonAsync("dead-letters/replay", HttpMethod.Post);

        var delivery = await sluice.DieAsync(id, after: 3);
        Assert.EndsWith("(attempt 3 of 3)", delivery.Reason);
        // The delays begin anew too.
        Assert.Equal(
            [(4, replayedAt), (5, replayedAt.AddSeconds(5)), (6, replayedAt.AddSeconds(25))],
            delivery.Attempts.Skip(3).Select(attempt => (attempt.Number, attempt.StartedAt)));
    }

    [Fact]
    public async Task A_delivered_event_is_delivered_again_when_asked_for_by_name()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);

        Assert.Equal(1, (await sluice.OpsJsonAsync($"events/{id}/replay", HttpMethod.Post)).GetProperty("replayed").GetInt32());
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
        Assert.Equal(sink.Requests[0].Headers["Sluice-Delivery"], sink.Requests[1].Headers["Sluice-Delivery"]);
    }

    [Fact]
    public async Task An_event_without_a_destination_is_kept_and_goes_to_one_that_is_added()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = await sluice.AcceptAsync();
        Assert.Equal(("Kept", 0), ((await sluice.EventAsync(id)).Status, (await sluice.EventAsync(id)).Deliveries.Count));

        sluice.Write(SluiceFile.Stripe.Destination("billing", sink.Url).ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));
        Assert.Equal(0, sink.Count);
        Assert.Equal(1, (await sluice.OpsJsonAsync($"events/{id}/replay", HttpMethod.Post)).GetProperty("replayed").GetInt32());
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
    }

    [Fact]
    public async Task A_redelivery_by_the_sender_replays_what_is_dead()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        sink.Answers(200);

        Assert.Equal("duplicate", (await sluice.PostAsync(sluice.Stripe())).Json.GetProperty("status").GetString());
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 4);
    }

    [Fact]
    public async Task A_redelivery_replays_nothing_where_that_is_switched_off()
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("RedeliveryReplays", false));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1);

        Assert.Equal("duplicate", (await sluice.PostAsync(sluice.Stripe())).Json.GetProperty("status").GetString());
        Assert.Equal(DeliveryStatus.DeadLettered, (await sluice.DeliveryAsync(id)).Status);
    }

    [Fact]
    public async Task A_redelivery_leaves_what_is_delivered_alone()
    {
        await using var well = await Sink.StartAsync(200);
        await using var refusing = await Sink.StartAsync(400, 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", well.Url).Destination("audit", refusing.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
        await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1, "audit");

        await sluice.PostAsync(sluice.Stripe());
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2, "audit");
        Assert.Equal(1, well.Count);
    }

    [Fact]
    public async Task A_purged_dead_letter_is_skipped_and_stays_readable()
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1);

        Assert.Equal(1, (await sluice.OpsJsonAsync("dead-letters/purge", HttpMethod.Post)).GetProperty("done").GetInt32());
        Assert.Equal((DeliveryStatus.Skipped, "purged by an operator"), ((await sluice.DeliveryAsync(id)).Status, (await sluice.DeliveryAsync(id)).Reason));
        Assert.Equal(1, (await sluice.StatsAsync()).Skipped);
    }

    [Fact]
    public async Task Only_the_dead_letters_that_are_named_are_replayed()
    {
        await using var sink = await Sink.StartAsync(400);
        await using var other = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).Destination("audit", other.Url));
        for (var i = 0; i < 3; i++) await sluice.AcceptAsync($"evt_{i}");
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).DeadLettered == 6);
        other.Answers(200);

        Assert.Equal(3, (await sluice.OpsJsonAsync("dead-letters/replay?destination=audit", HttpMethod.Post)).GetProperty("done").GetInt32());
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Delivered: 3, DeadLettered: 3 });
        Assert.Equal((3, 6), (sink.Count, other.Count));
    }
}
