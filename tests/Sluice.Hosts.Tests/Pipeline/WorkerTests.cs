using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>Without workers, over a restart, after a crash and at a stop: nothing that was accepted is forgotten.</summary>
public sealed class WorkerTests
{
    [Fact]
    public async Task Without_workers_events_are_kept_and_none_is_delivered()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Workers", 0));
        for (var i = 0; i < 10; i++) await sluice.AcceptAsync($"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(new Stats(10, 10, 10, 0, 0, 0, 0, 0), await sluice.StatsAsync());
        Assert.Equal(0, sink.Count);
        Assert.Contains(sluice.Log.Lines, line => line.Message == "Workers is 0: events are kept and none is delivered");
    }

    [Fact]
    public async Task A_restart_with_workers_delivers_what_was_kept_without()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Workers", 0));
        for (var i = 0; i < 10; i++) await sluice.AcceptAsync($"evt_{i}");
        await sluice.RestartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));

        await sluice.UntilAsync(async () => await sluice.StatsAsync() == new Stats(10, 10, 0, 0, 10, 0, 0, 0));
        Assert.Equal(10, sink.Count);
    }

    [Fact]
    public async Task A_retry_that_came_due_while_nothing_ran_is_made_at_the_next_start()
    {
        await using var sink = await Sink.StartAsync(500, 200);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url);
        await using var sluice = await RunningSluice.StartAsync(file);
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);
        await sluice.DownAsync();
        sluice.Time.Advance(TimeSpan.FromHours(1));
        await sluice.RestartAsync(file);

        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task What_a_process_that_died_had_claimed_is_unknown_and_tried_again_at_once()
    {
        await using var sink = await Sink.StartAsync(200);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.DownAsync();
        var id = await ClaimAndDieAsync(sluice);
        await sluice.RestartAsync(file);

        var delivery = await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
        Assert.Equal((AttemptOutcome.Unknown, "the process ended during the attempt"), (delivery.Attempts[0].Outcome, delivery.Attempts[0].Error));
        Assert.Contains(sluice.Log.Lines, line => line.Message.StartsWith("1 attempts that the last process did not finish", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_waits_for_the_attempt_under_way()
    {
        var (begun, end) = (new TaskCompletionSource(), new TaskCompletionSource<Outcome>());
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "own"), new OwnHandler("own", (_, _, _) =>
        {
            begun.SetResult();
            return new(end.Task);
        }));
        var id = await sluice.AcceptAsync();
        await begun.Task.InTimeAsync("the handler begins");
        var stopping = sluice.DownAsync();
        Assert.False(stopping.IsCompleted);
        end.SetResult(Outcome.Done);
        await stopping;

        Assert.Equal((DeliveryStatus.Delivered, AttemptOutcome.Done), await LastAsync(sluice, id));
    }

    [Fact]
    public async Task A_handler_that_outlasts_the_stop_is_interrupted_and_its_attempt_unknown()
    {
        var begun = new TaskCompletionSource();
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "own", new() { ["Timeout"] = "00:04:00" }), new OwnHandler("own", async (_, _, cancellation) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return Outcome.Done;
        }));
        var id = await sluice.AcceptAsync();
        await begun.Task.InTimeAsync("the handler begins");
        await sluice.DownAsync();

        Assert.Equal((DeliveryStatus.Retrying, AttemptOutcome.Unknown), await LastAsync(sluice, id));
    }

    private static async Task<(DeliveryStatus Status, AttemptOutcome Outcome)> LastAsync(RunningSluice sluice, EventId id)
    {
        using var store = new SqliteEventStore(new Database(sluice.Data), sluice.Time, Assert.Fail);
        var delivery = Assert.Single((await store.FindAsync(id, TestContext.Current.CancellationToken))!.Deliveries);
        return (delivery.Status, delivery.Attempts[^1].Outcome);
    }

    private static async Task<EventId> ClaimAndDieAsync(RunningSluice sluice)
    {
        using var store = new SqliteEventStore(new Database(sluice.Data), sluice.Time, Assert.Fail);
        var webhook = new WebhookEvent
        {
            Id = EventId.Of("stripe", "evt_1"), Source = "stripe", Type = "invoice.paid", IdempotencyKey = "evt_1", ReceivedAt = sluice.Now, Headers = HeaderList.Empty, Body = "{}"u8.ToArray(),
        };
        var lease = new Lease(7, sluice.Now.AddMinutes(1));
        await store.BookAsync(new(webhook, [new("billing", lease.Until, lease)]), TestContext.Current.CancellationToken);
        return webhook.Id;
    }
}
