using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>What cannot be kept is answered 503, and the sender's next try keeps it once.</summary>
public sealed class UnavailableTests
{
    [Fact]
    public async Task A_book_that_cannot_be_written_is_503_with_a_time_to_come_back()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using (new LockedBook(sluice))
        {
            var answer = await sluice.PostAsync(sluice.Stripe());
            Assert.Equal((503, """{"error":"cannot keep events now; try again"}"""), (answer.Status, answer.Text));
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        }

        Assert.Contains(sluice.Log.Lines, line => line.Message == "stripe: a webhook could not be kept and was answered 503: the database is locked by another program");
        await sluice.AcceptAsync();
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_disk_that_does_not_answer_within_the_budget_is_503_and_the_next_try_keeps_one()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using (new LockedBook(sluice))
        {
            var answer = sluice.PostAsync(sluice.Stripe());
            await sluice.PassAsync(TimeSpan.FromSeconds(1.5));
            Assert.Equal(503, (await answer).Status);
        }

        Assert.Contains((await sluice.PostAsync(sluice.Stripe())).Json.GetProperty("status").GetString(), new[] { "accepted", "duplicate" });
        Assert.Equal(new Stats(1, 0, 0, 0, 0, 0, 0, 0), await sluice.StatsAsync());
    }

    [Fact]
    public async Task While_the_book_cannot_be_written_refusals_need_no_disk()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var locked = new LockedBook(sluice);

        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe().Carrying("{}"))).Status);
        Assert.Equal(404, (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/nobody"))).Status);
        Assert.Equal(200, (await sluice.GetAsync("/api/health")).Status);
        Assert.Equal(200, (await sluice.OpsAsync("events")).Status);
    }

    [Fact]
    public async Task A_worker_that_was_kept_for_an_event_that_could_not_be_is_free_again()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Workers", 1));
        using (new LockedBook(sluice)) await sluice.PostAsync(sluice.Stripe());

        await sluice.AcceptAsync("evt_2");
        await sluice.UntilAsync(() => sink.Count >= 1);
    }

    [Fact]
    public async Task What_was_kept_after_its_503_is_delivered_within_a_minute_by_its_first_attempt()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        // Another program that holds the book gives it back while the write still waits for it: it lands after its sender was told 503.
        for (var tries = 0; (await sluice.StatsAsync()).Events == 0; tries++)
        {
            Assert.True(tries < 10, "no write landed late");
            using (new LockedBook(sluice))
            {
                var answer = sluice.PostAsync(sluice.Stripe());
                while (!answer.IsCompleted)
                {
                    await sluice.UntilAsync(() => answer.IsCompleted || sluice.Time.IsAwaited(sluice.Now.AddSeconds(1.5)));
                    sluice.Time.Advance(TimeSpan.FromSeconds(1.5));
                }

                Assert.Equal(503, (await answer).Status);
            }

            // Behind it in the writer's line.
            await sluice.Store.PingAsync(TestContext.Current.CancellationToken);
        }

        await sluice.UntilAsync(async () => (await sluice.Store.DueAsync(sluice.Now, 10, TestContext.Current.CancellationToken)).Rows.Count == 1, "it waits for a worker");
        Assert.Equal(0, sink.Count);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 1);
        var delivery = Assert.Single(Assert.Single((await sluice.Store.ListAsync(new EventFilter(), TestContext.Current.CancellationToken)).Items).Deliveries);
        Assert.Equal((1, AttemptOutcome.Done), (Assert.Single(delivery.Attempts).Number, delivery.Attempts[0].Outcome));
        Assert.Equal(1, sink.Count);
    }
}
