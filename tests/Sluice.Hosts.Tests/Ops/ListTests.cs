using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ops;

/// <summary>Lists are filtered, paged with a cursor, newest first, and refuse questions that make no sense.</summary>
public sealed class ListTests
{
    [Fact]
    public async Task Events_are_filtered_by_source_type_and_status()
    {
        await using var well = await Sink.StartAsync(200);
        await using var refusing = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("shop")
            .Destination("billing", well.Url, new() { ["Types"] = new JsonArray("invoice.*") })
            .Destination("audit", refusing.Url, new() { ["Types"] = new JsonArray("charge.*") }));
        await sluice.AcceptAsync(sluice.Stripe("evt_1", "invoice.paid"));
        await sluice.AcceptAsync(sluice.Stripe("evt_2", "charge.failed"));
        await sluice.AcceptAsync(sluice.Stripe("evt_3", "other"));
        await sluice.AcceptAsync(sluice.Stripe("evt_4", "invoice.paid").To("/api/webhooks/shop"));
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Delivered: 2, DeadLettered: 1 });

        Assert.Equal(["invoice.paid", "other", "charge.failed", "invoice.paid"], await TypesAsync(sluice, ""));
        Assert.Equal(["other", "charge.failed", "invoice.paid"], await TypesAsync(sluice, "source=stripe"));
        Assert.Equal(["invoice.paid"], await TypesAsync(sluice, "source=shop&type=invoice.paid"));
        Assert.Equal(["invoice.paid", "invoice.paid"], await TypesAsync(sluice, "type=invoice.*"));
        Assert.Equal(["charge.failed"], await TypesAsync(sluice, "status=DeadLettered"));
        Assert.Equal(["other"], await TypesAsync(sluice, "status=kept"));
        Assert.Equal([], await TypesAsync(sluice, "source=nobody"));
        Assert.Equal([], await TypesAsync(sluice, "type=%27%20OR%201%3D1"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(10)]
    [InlineData(500)]
    public async Task Pages_of_events_put_together_are_all_of_them_newest_first(int limit)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var ids = new List<string>();
        for (var i = 0; i < 10; i++) ids.Insert(0, (await sluice.AcceptAsync($"evt_{i}")).ToString());

        Assert.Equal(ids, (await PagesAsync(sluice, $"events?limit={limit}")).Select(item => item.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task What_comes_in_while_pages_are_turned_shifts_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        for (var i = 0; i < 4; i++) await sluice.AcceptAsync($"evt_{i}");
        var first = await sluice.OpsJsonAsync("events?limit=2");
        await sluice.AcceptAsync("evt_4");
        var second = await sluice.OpsJsonAsync($"events?limit=2&before={first.GetProperty("next").GetString()}");

        Assert.Equal(
            ["evt_3", "evt_2", "evt_1", "evt_0"],
            await KeysAsync(sluice, first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray())));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(500)]
    public async Task Pages_of_dead_letters_put_together_are_all_of_them_though_they_died_at_once(int limit)
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).Destination("audit", sink.Url));
        for (var i = 0; i < 5; i++) await sluice.AcceptAsync($"evt_{i}");
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).DeadLettered == 10);
        var ids = (await PagesAsync(sluice, $"dead-letters?limit={limit}")).Select(item => item.GetProperty("id").GetString()).ToList();

        Assert.Equal((10, 10), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task Dead_letters_are_filtered_by_what_they_are()
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("shop").Destination("billing", sink.Url).Destination("audit", sink.Url));
        var id = await sluice.AcceptAsync(sluice.Stripe("evt_1", "invoice.paid"));
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).DeadLettered == 2);
        sluice.Time.Advance(TimeSpan.FromHours(1));
        await sluice.AcceptAsync(sluice.Stripe("evt_2", "charge.failed").To("/api/webhooks/shop"));
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).DeadLettered == 4);

        Assert.Equal((4, 2, 2, 2, 2, 1, 2, 0), (
            await DeadAsync(sluice, ""), await DeadAsync(sluice, "source=shop"), await DeadAsync(sluice, "destination=audit"), await DeadAsync(sluice, "type=invoice.*"),
            await DeadAsync(sluice, $"event={id}"), await DeadAsync(sluice, $"event={id}&destination=audit"), await DeadAsync(sluice, "deadBefore=2026-03-01T12:30:00Z"), await DeadAsync(sluice, "source=nobody")));
    }

    [Theory]
    [InlineData("events?limit=0")]
    [InlineData("events?limit=501")]
    [InlineData("events?limit=-1")]
    [InlineData("events?limit=many")]
    [InlineData("events?limit=1.5")]
    [InlineData("events?limit=99999999999")]
    [InlineData("dead-letters?limit=0")]
    [InlineData("dead-letters?limit=501")]
    [InlineData("dead-letters?event=evt_1")]
    [InlineData("dead-letters?deadBefore=soon")]
    public async Task A_question_that_makes_no_sense_is_400_and_says_why(string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.OpsAsync(path);

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.GetProperty("error").GetString()!);
    }

    [Theory]
    [InlineData("events?before=nonsense")]
    [InlineData("events?before=-1")]
    [InlineData("events?status=Lost")]
    [InlineData("dead-letters?before=nonsense")]
    [InlineData("dead-letters?before=1.2")]
    public async Task A_cursor_or_status_that_never_was_is_400_too(string path)
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1);

        Assert.Equal(400, (await sluice.OpsAsync(path)).Status);
    }

    [Theory]
    [InlineData("dead-letters/replay?limit=0")]
    [InlineData("dead-letters/purge?event=x")]
    [InlineData("dead-letters/purge?before=nonsense")]
    public async Task A_job_with_a_filter_that_makes_no_sense_does_nothing(string path)
    {
        await using var sink = await Sink.StartAsync(400);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1);

        Assert.Equal(400, (await sluice.OpsAsync(path, HttpMethod.Post)).Status);
        Assert.Equal(1, (await sluice.StatsAsync()).DeadLettered);
    }

    [Theory]
    [InlineData("GET", "events/0123456789abcdef0123456789abcdef")]
    [InlineData("GET", "events/0123456789abcdef0123456789abcdef/body")]
    [InlineData("POST", "events/0123456789abcdef0123456789abcdef/replay")]
    [InlineData("GET", "events/evt_1")]
    [InlineData("GET", "events/%2e%2e")]
    [InlineData("POST", "events/x/replay")]
    public async Task An_unknown_event_is_404_and_says_so(string method, string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.OpsAsync(path, new HttpMethod(method));

        Assert.Equal(404, answer.Status);
    }

    [Fact]
    public async Task A_replay_names_one_destination_or_fails()
    {
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", well.Url).Destination("audit", well.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 2);

        Assert.Equal(404, (await sluice.OpsAsync($"events/{id}/replay?destination=nobody", HttpMethod.Post)).Status);
        Assert.Equal(1, (await sluice.OpsJsonAsync($"events/{id}/replay?destination=audit", HttpMethod.Post)).GetProperty("replayed").GetInt32());
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2, "audit");
        Assert.Single((await sluice.DeliveryAsync(id)).Attempts);
    }

    private static async Task<IEnumerable<string?>> TypesAsync(RunningSluice sluice, string filter) =>
        (await sluice.OpsJsonAsync($"events?{filter}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("type").GetString());

    private static async Task<int> DeadAsync(RunningSluice sluice, string filter) => (await sluice.OpsJsonAsync($"dead-letters?{filter}")).GetProperty("items").GetArrayLength();

    private static async Task<List<string>> KeysAsync(RunningSluice sluice, IEnumerable<JsonElement> items)
    {
        var keys = new List<string>();
        foreach (var item in items) keys.Add((await sluice.OpsJsonAsync($"events/{item.GetProperty("id").GetString()}")).GetProperty("idempotencyKey").GetString()!);
        return keys;
    }

    private static async Task<List<JsonElement>> PagesAsync(RunningSluice sluice, string path)
    {
        var items = new List<JsonElement>();
        for (var next = path; next is not null;)
        {
            var page = await sluice.OpsJsonAsync(next);
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.GetProperty("next").GetString() is { } before ? $"{path}&before={before}" : null;
        }

        return items;
    }
}
