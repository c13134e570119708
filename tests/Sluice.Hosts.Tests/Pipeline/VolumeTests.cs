using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Hosts.Tests.Sqlite;
using Sluice.Inspection;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>Many events at once: every delivery comes to its end and the sums are right.</summary>
public sealed class VolumeTests
{
    private const int Events = 1000;

    private static JsonObject NoBreaker => new() { ["Breaker"] = new JsonObject { ["Failures"] = 0 } };

    [Fact]
    public async Task A_thousand_events_with_three_failing_destinations_come_to_their_ends()
    {
        await using var failing = await Sink.StartAsync(500);
        await using var refusing = await Sink.StartAsync(400);
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("failing", failing.Url, NoBreaker).Destination("too", failing.Url, NoBreaker).Destination("refusing", refusing.Url).Destination("well", well.Url));
        await AcceptAsync(sluice, Events);
        await EndAsync(sluice);

        Assert.Equal(new Stats(Events, 4 * Events, 0, 0, Events, 3 * Events, 0, 0), await sluice.StatsAsync());
        Assert.Equal((6 * Events, Events, Events), (failing.Count, refusing.Count, well.Count));
        Assert.Equal(Events, well.Requests.Select(request => request.Headers["Sluice-Event"]).Distinct().Count());
    }

    [Fact]
    public async Task More_than_the_queue_holds_in_memory_is_delivered_all_the_same()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("one", sink.Url).Destination("two", sink.Url).Destination("three", sink.Url).With("Workers", 0));
        await AcceptAsync(sluice, Events);
        Assert.Equal((3 * Events, 0), ((await sluice.StatsAsync()).Pending, sink.Count));
        await sluice.RestartAsync(SluiceFile.Stripe.Destination("one", sink.Url).Destination("two", sink.Url).Destination("three", sink.Url).With("Workers", 2));

        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 3 * Events);
        Assert.Equal(3 * Events, sink.Count);
        Assert.Equal(3 * Events, sink.Requests.Select(request => request.Headers["Sluice-Delivery"]).Distinct().Count());
    }

    [Fact]
    public async Task Dead_letters_by_the_hundreds_are_replayed_step_by_step()
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        await AcceptAsync(sluice, 250);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).DeadLettered == 250);
        sink.Answers(200);

        var done = 0;
        for (var path = "dead-letters/replay?limit=100"; path is not null;)
        {
            var step = await sluice.OpsJsonAsync(path, HttpMethod.Post);
            done += step.GetProperty("done").GetInt32();
            path = step.GetProperty("next").GetString() is { } next ? $"dead-letters/replay?limit=100&before={next}" : null;
        }

        Assert.Equal(250, done);
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Delivered: 250, DeadLettered: 0 });
    }

    private static async Task AcceptAsync(RunningSluice sluice, int events) =>
        await Parallel.ForAsync(0, events, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await sluice.AcceptAsync($"evt_{i}"));

    // Goes from quiet point to quiet point until nothing waits any more.
    private static async Task EndAsync(RunningSluice sluice)
    {
        using var look = new SqliteConnection($"Data Source={Path.Combine(sluice.Data, Database.FileName)};Mode=ReadOnly;Pooling=false");
        look.Open();
        while (true)
        {
            await sluice.UntilAsync(() => look.Number($"SELECT count(*) FROM deliveries WHERE start <> 0 OR due <= {sluice.Now.ToUnixTimeMilliseconds()}") == 0);
            var stats = await sluice.StatsAsync();
            Assert.True(stats.IsConserved);
            if (stats is { Pending: 0, Retrying: 0 }) return;
            sluice.Time.Advance(TimeSpan.FromSeconds(20));
        }
    }
}
