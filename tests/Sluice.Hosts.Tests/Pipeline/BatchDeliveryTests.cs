using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>Several events in one request: as many as are wanted, all or none, each with an attempt of its own.</summary>
public sealed class BatchDeliveryTests
{
    private static readonly DateTimeOffset Start = RunningSluice.Start;

    [Fact]
    public async Task As_many_as_a_batch_takes_go_at_once_in_the_order_of_keeping()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 3));
        var ids = await AcceptAsync(sluice, 3);
        foreach (var id in ids)
        {
            var attempt = Assert.Single((await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1)).Attempts);
            Assert.Equal((1, AttemptOutcome.Done, 200, Start), (attempt.Number, attempt.Outcome, attempt.StatusCode, attempt.StartedAt));
        }

        var request = Assert.Single(sink.Requests);
        Assert.Equal(("3", "application/cloudevents-batch+json; charset=utf-8"), (request.Headers["Sluice-Batch"], request.Headers["Content-Type"]));
        Assert.Equal(ids, Events(request));
        Assert.Equal("evt_1", Json(request)[0].GetProperty("data").GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_more_waits_for_the_next()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 3));
        var ids = await AcceptAsync(sluice, 4);
        await sluice.UntilAsync(ids[2], DeliveryStatus.Delivered, 1);
        await sluice.PassAsync(TimeSpan.FromSeconds(5));

        var delivery = await sluice.UntilAsync(ids[3], DeliveryStatus.Delivered, 1);
        Assert.Equal(Start.AddSeconds(5), delivery.Attempts[0].StartedAt);
        Assert.Equal([ids[..3], ids[3..]], sink.Requests.Select(Events));
    }

    [Fact]
    public async Task The_first_waits_no_longer_than_it_is_said()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 100));
        var first = await sluice.AcceptAsync("evt_1");
        await sluice.UntilAsync(() => sluice.Time.IsAwaited(Start.AddSeconds(5)));
        sluice.Time.Advance(TimeSpan.FromSeconds(3));
        var second = await sluice.AcceptAsync("evt_2");
        await sluice.UntilAsync(() => sluice.Time.IsAwaited(Start.AddSeconds(5)));
        sluice.Time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Equal(0, sink.Count);

        sluice.Time.Advance(TimeSpan.FromMilliseconds(1));
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1);
        Assert.Equal([first, second], Events(Assert.Single(sink.Requests)));
        Assert.Equal(Start.AddSeconds(5), (await sluice.DeliveryAsync(first)).Attempts[0].StartedAt);
    }

    [Fact]
    public async Task Bytes_fill_a_batch_too_and_one_that_is_too_large_goes_alone()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 100, bytes: 2048));
        // 1,000 and 1,000 fit; the third does not, and is itself larger than a batch may be; the fourth fills what is allowed to the byte.
        var ids = new List<EventId>();
        foreach (var (key, size) in new[] { ("evt_1", 1000), ("evt_2", 1000), ("evt_3", 5000), ("evt_4", 2048) }) ids.Add(await sluice.AcceptAsync(Sized(sluice, key, size)));
        foreach (var id in ids) await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);

        Assert.Equal([[ids[0], ids[1]], [ids[2]], [ids[3]]], sink.Requests.Select(Events).OrderBy(batch => ids.IndexOf(batch[0])));
        Assert.Equal(Start, sluice.Now);
    }

    [Fact]
    public async Task A_batch_that_fails_comes_back_as_it_was_with_an_attempt_for_each()
    {
        await using var sink = await Sink.StartAsync(503, 200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 3, settings: new() { ["Retry"] = new JsonObject { ["BaseDelay"] = "00:01:00", ["Jitter"] = 0.2 } }));
        var ids = await AcceptAsync(sluice, 3);
        var next = new HashSet<DateTimeOffset?>();
        foreach (var id in ids) next.Add((await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1)).NextAttemptAt);
        sluice.Time.AdvanceTo(Assert.Single(next)!.Value);
        foreach (var id in ids)
        {
            var delivery = await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
            Assert.Equal([(1, AttemptOutcome.Retry, 503), (2, AttemptOutcome.Done, 200)], delivery.Attempts.Select(attempt => (attempt.Number, attempt.Outcome, attempt.StatusCode ?? 0)));
        }

        Assert.Equal([ids, ids], sink.Requests.Select(Events));
        Assert.Single(sink.Requests.Select(request => request.Headers["Sluice-Delivery"]).Distinct());
    }

    [Fact]
    public async Task A_refusal_is_the_end_of_all_and_one_that_is_replayed_goes_with_the_next()
    {
        await using var sink = await Sink.StartAsync(422);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 2));
        var ids = await AcceptAsync(sluice, 2);
        foreach (var id in ids) Assert.Equal("answered 422", (await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1)).Reason);

        sink.Answers(200);
        await sluice.OpsJsonAsync($"events/{ids[1]}/replay", HttpMethod.Post);
        var third = await sluice.AcceptAsync("evt_3");
        var replayed = await sluice.UntilAsync(ids[1], DeliveryStatus.Delivered, 2);
        Assert.Equal([1, 2], replayed.Attempts.Select(attempt => attempt.Number));
        await sluice.UntilAsync(third, DeliveryStatus.Delivered, 1);
        Assert.Equal([ids[1], third], Events(sink.Requests[^1]));
        Assert.Equal(DeliveryStatus.DeadLettered, (await sluice.DeliveryAsync(ids[0])).Status);
    }

    [Fact]
    public async Task A_restart_in_the_middle_of_the_wait_neither_loses_nor_lengthens_it()
    {
        await using var sink = await Sink.StartAsync(200);
        var file = Gathering(sink, events: 100, wait: "00:01:00");
        await using var sluice = await RunningSluice.StartAsync(file);
        var ids = await AcceptAsync(sluice, 2);
        await sluice.UntilAsync(() => sluice.Time.IsAwaited(Start.AddMinutes(1)));
        await sluice.RestartAsync(file);
        await sluice.UntilAsync(() => sluice.Time.IsAwaited(Start.AddMinutes(1)));
        Assert.Equal(0, sink.Count);

        sluice.Time.AdvanceTo(Start.AddMinutes(1));
        foreach (var id in ids) Assert.Equal(Start.AddMinutes(1), (await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1)).Attempts[0].StartedAt);
        Assert.Equal(ids, Events(Assert.Single(sink.Requests)));
    }

    [Fact]
    public async Task A_process_that_ends_during_a_batch_records_it_as_unknown_for_each_and_sends_it_again()
    {
        await using var sink = await Sink.StartAsync(Reply.Never);
        var file = Gathering(sink, events: 2);
        await using var sluice = await RunningSluice.StartAsync(file);
        var ids = await AcceptAsync(sluice, 2);
        await sluice.UntilAsync(() => sink.Count == 1);
        sink.Answers(200);
        await sluice.RestartAsync(file);
        foreach (var id in ids)
            Assert.Equal([AttemptOutcome.Unknown, AttemptOutcome.Done], (await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2)).Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([ids, ids], sink.Requests.Select(Events));
    }

    [Fact]
    public async Task Many_at_once_are_each_sent_once_and_in_full_batches()
    {
        const int count = 500;
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 20));
        var ids = await Task.WhenAll(Enumerable.Range(1, count).Select(i => sluice.AcceptAsync($"evt_{i}")));
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == count);

        Assert.Equal(ids.Order(), sink.Requests.SelectMany(Events).Order());
        Assert.All(sink.Requests, request => Assert.Equal(20, Events(request).Count));
        Assert.Equal(Start, sluice.Now);
    }

    [Fact]
    public async Task Other_destinations_get_each_event_by_itself()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var other = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Gathering(sink, events: 2).Destination("other", other.Url));
        var ids = await AcceptAsync(sluice, 2);
        foreach (var id in ids)
        {
            await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
            await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, "other");
        }

        Assert.Equal((1, 2), (sink.Count, other.Count));
        Assert.All(other.Requests, request => Assert.DoesNotContain("Sluice-Batch", request.Headers.Keys));
    }

    private static SluiceFile Gathering(Sink sink, int events, int bytes = 262144, string wait = "00:00:05", JsonObject? settings = null)
    {
        var all = new JsonObject { ["Format"] = "CloudEvents", ["Batch"] = new JsonObject { ["Events"] = events, ["Bytes"] = bytes, ["Wait"] = wait } };
        foreach (var (name, value) in settings ?? []) all[name] = value?.DeepClone();
        return SluiceFile.Stripe.Destination("billing", sink.Url, all);
    }

    private static Webhook Sized(RunningSluice sluice, string key, int bytes)
    {
        var start = $$"""{"id":"{{key}}","type":"invoice.paid","filler": """ + '"';
        return Sender.Stripe.Sign(start + new string('a', bytes - start.Length - 2) + "\"}", sluice.Now);
    }

    private static async Task<List<EventId>> AcceptAsync(RunningSluice sluice, int count)
    {
        var ids = new List<EventId>();
        for (var i = 1; i <= count; i++) ids.Add(await sluice.AcceptAsync($"evt_{i}"));
        return ids;
    }

    private static List<JsonElement> Json(Received request) => [.. JsonDocument.Parse(request.Body).RootElement.EnumerateArray()];

    private static List<EventId> Events(Received request) => [.. Json(request).Select(one => EventId.TryParse(one.GetProperty("id").GetString(), out var id) ? id : throw new FormatException(Encoding.UTF8.GetString(request.Body)))];
}
