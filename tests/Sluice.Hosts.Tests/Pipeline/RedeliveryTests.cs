using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What a sender sends again: what is dead of it begins anew, all else is a duplicate. The batches are in the other part.</summary>
public sealed partial class RedeliveryTests
{
    private static readonly Sender GitHub = new("github");

    [Fact]
    public async Task A_resend_by_stripe_of_a_dead_event_begins_one_new_series_with_the_first_bytes()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var first = Stripe(sluice, pending: 1);
        var id = await sluice.AcceptAsync(first);
        await sluice.DieAsync(id);
        sluice.Time.Advance(TimeSpan.FromHours(1));

        // Signed anew at another time, and Stripe waits for another number of endpoints by now.
        await IsDuplicateAsync(sluice, Stripe(sluice, pending: 2), id);
        var delivery = await sluice.DieAsync(id, after: 3);
        Assert.EndsWith("(attempt 3 of 3)", delivery.Reason);
        Assert.Equal([1, 2, 3, 4, 5, 6], delivery.Attempts.Select(attempt => attempt.Number));
        Assert.All(sink.Requests, request => Assert.Equal(first.Body.ToArray(), request.Body));
        Assert.Contains(sluice.Log.Lines, line => line.Message == $"stripe redelivered event {id}; dead letters replayed: 1");
    }

    [Fact]
    public async Task A_redelivery_by_github_of_a_dead_event_begins_a_new_series()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("github", "github").Destination("billing", sink.Url));
        var webhook = Push(sluice, "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        var id = await sluice.AcceptAsync(webhook);
        await sluice.DieAsync(id);
        sink.Answers(200);
        sluice.Time.Advance(TimeSpan.FromDays(2));

        await IsDuplicateAsync(sluice, webhook, id);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 4);
        Assert.NotEqual(id, await sluice.AcceptAsync(Push(sluice, "another delivery of the same bytes")));
    }

    [Fact]
    public async Task A_redelivery_of_a_delivered_event_replays_nothing()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("github", "github").Destination("billing", sink.Url));
        var push = Push(sluice, "72d3162e-cc78-11e3-81ab-4c9367dc0958");
        var (stripe, github) = (await sluice.AcceptAsync(), await sluice.AcceptAsync(push));
        await sluice.UntilAsync(stripe, DeliveryStatus.Delivered, 1);
        await sluice.UntilAsync(github, DeliveryStatus.Delivered, 1);
        sluice.Time.Advance(TimeSpan.FromHours(1));

        await IsDuplicateAsync(sluice, sluice.Stripe(), stripe);
        await IsDuplicateAsync(sluice, push, github);
        foreach (var id in new[] { stripe, github }) Assert.Equal((DeliveryStatus.Delivered, 1), await StandsAsync(sluice, id));
    }

    [Fact]
    public async Task A_redelivery_of_a_pending_event_replays_nothing()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Workers", 0));
        var id = await sluice.AcceptAsync();

        await IsDuplicateAsync(sluice, sluice.Stripe(), id);
        Assert.Equal((DeliveryStatus.Pending, 0), await StandsAsync(sluice, id));
    }

    [Fact]
    public async Task A_redelivery_of_an_event_whose_attempt_is_under_way_replays_nothing()
    {
        await using var sink = await Sink.StartAsync(Reply.Never);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(() => sink.Count == 1);

        await IsDuplicateAsync(sluice, sluice.Stripe(), id);
        Assert.Equal((DeliveryStatus.Pending, 0), await StandsAsync(sluice, id));
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task A_redelivery_of_a_retrying_event_replays_nothing_and_moves_no_attempt()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        var before = await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);

        await IsDuplicateAsync(sluice, sluice.Stripe(), id);
        Assert.Equal((DeliveryStatus.Retrying, 1), await StandsAsync(sluice, id));
        Assert.Equal(before.NextAttemptAt, (await sluice.DeliveryAsync(id)).NextAttemptAt);
        Assert.EndsWith("(attempt 3 of 3)", (await sluice.DieAsync(id)).Reason);
    }

    [Fact]
    public async Task Of_two_deliveries_only_the_dead_one_is_replayed()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).Destination("audit", well.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        sink.Answers(200);

        await IsDuplicateAsync(sluice, sluice.Stripe(), id);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 4);
        Assert.Equal((DeliveryStatus.Delivered, 1), await StandsAsync(sluice, id, "audit"));
        Assert.Equal((4, 1), (sink.Count, well.Count));
    }

    [Fact]
    public async Task Sixteen_redeliveries_at_once_begin_one_series()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        sink.Answers(Reply.Never);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => IsDuplicateAsync(sluice, sluice.Stripe(), id)));
        await sluice.UntilAsync(() => sink.Count == 4);
        Assert.Equal((DeliveryStatus.Pending, 3), await StandsAsync(sluice, id));
        Assert.Single(sluice.Log.Lines, line => line.Message == $"stripe redelivered event {id}; dead letters replayed: 1");
    }

    [Fact]
    public async Task A_repeat_whose_time_is_over_is_a_duplicate_and_replays_nothing_since_it_may_be_a_recording()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var recorded = sluice.Stripe();
        var id = await sluice.AcceptAsync(recorded);
        await sluice.DieAsync(id);
        sluice.Time.Advance(TimeSpan.FromMinutes(6));

        await IsDuplicateAsync(sluice, recorded, id);
        Assert.Equal((DeliveryStatus.DeadLettered, 3), await StandsAsync(sluice, id));
    }

    [Fact]
    public async Task Where_late_events_are_accepted_a_late_repeat_of_a_dead_one_replays_it()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["AcceptLate"] = true }).Destination("billing", sink.Url));
        var webhook = sluice.Stripe();
        var id = await sluice.AcceptAsync(webhook);
        await sluice.DieAsync(id);
        sink.Answers(200);
        sluice.Time.Advance(TimeSpan.FromMinutes(6));

        await IsDuplicateAsync(sluice, webhook, id);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 4);
    }

    [Fact]
    public async Task Where_redeliveries_replay_nothing_a_dead_event_stays_dead()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("RedeliveryReplays", false));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);

        await IsDuplicateAsync(sluice, sluice.Stripe(), id);
        Assert.Equal((DeliveryStatus.DeadLettered, 3), await StandsAsync(sluice, id));
    }

    private static Webhook Stripe(RunningSluice sluice, int pending) => Sender.Stripe.Sign($$"""{"id":"evt_1","type":"invoice.paid","pending_webhooks":{{pending}}}""", sluice.Now);

    private static Webhook Push(RunningSluice sluice, string delivery) =>
        GitHub.Sign("""{"ref":"refs/heads/main"}""", sluice.Now).With("X-GitHub-Event", "push").With("X-GitHub-Delivery", delivery);

    private static async Task IsDuplicateAsync(RunningSluice sluice, Webhook webhook, EventId id)
    {
        var answer = await sluice.PostAsync(webhook);
        Assert.Equal((200, $$"""{"status":"duplicate","id":"{{id}}"}"""), (answer.Status, answer.Text));
    }

    private static async Task<(DeliveryStatus Status, int Attempts)> StandsAsync(RunningSluice sluice, EventId id, string destination = "billing") =>
        await sluice.DeliveryAsync(id, destination) is var delivery ? (delivery.Status, delivery.Attempts.Count) : default;
}
