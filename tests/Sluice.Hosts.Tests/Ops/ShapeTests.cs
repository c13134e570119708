using System.Text.Json;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ops;

/// <summary>What ops answers, name by name: commands, scripts and the inspector page read it.</summary>
public sealed class ShapeTests
{
    [Fact]
    public async Task Events_while_there_are_none_are_an_empty_page()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var page = await sluice.OpsJsonAsync("events");

        Assert.Equal(["items", "next"], Names(page));
        Assert.Equal((0, JsonValueKind.Null), (page.GetProperty("items").GetArrayLength(), page.GetProperty("next").ValueKind));
        Assert.Equal(0, (await sluice.OpsJsonAsync("dead-letters")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task An_event_that_is_retried_shows_its_deliveries_and_attempts()
    {
        await using var sink = await Sink.StartAsync(new Reply(503, Text: "later"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1);
        var shown = (await sluice.OpsJsonAsync("events")).GetProperty("items")[0];

        Assert.Equal(["id", "source", "type", "receivedAt", "status", "deliveries"], Names(shown));
        Assert.Equal((id.ToString(), "stripe", "invoice.paid", "Retrying"), (Text(shown, "id"), Text(shown, "source"), Text(shown, "type"), Text(shown, "status")));
        Assert.Equal("2026-03-01T12:00:00+00:00", Text(shown, "receivedAt"));
        var delivery = Assert.Single(shown.GetProperty("deliveries").EnumerateArray());
        Assert.Equal(["destination", "status", "reason", "nextAttemptAt", "attempts"], Names(delivery));
        Assert.Equal(("billing", "Retrying", "2026-03-01T12:00:05+00:00"), (Text(delivery, "destination"), Text(delivery, "status"), Text(delivery, "nextAttemptAt")));
        var attempt = Assert.Single(delivery.GetProperty("attempts").EnumerateArray());
        Assert.Equal(["number", "outcome", "statusCode", "error", "startedAt", "durationMs"], Names(attempt));
        Assert.Equal((1, 503, 0.0), (attempt.GetProperty("number").GetInt32(), attempt.GetProperty("statusCode").GetInt32(), attempt.GetProperty("durationMs").GetDouble()));
        Assert.Equal(("Retry", "answered 503: later", "2026-03-01T12:00:00+00:00"), (Text(attempt, "outcome"), Text(attempt, "error"), Text(attempt, "startedAt")));
    }

    [Fact]
    public async Task A_delivered_event_has_the_same_names_and_null_for_what_it_has_not()
    {
        await using var sink = await Sink.StartAsync(204);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
        var delivery = (await sluice.OpsJsonAsync($"events/{id}")).GetProperty("deliveries")[0];

        Assert.Equal(["destination", "status", "reason", "nextAttemptAt", "attempts"], Names(delivery));
        Assert.Equal(("Delivered", null, null), (Text(delivery, "status"), Text(delivery, "reason"), Text(delivery, "nextAttemptAt")));
        var attempt = delivery.GetProperty("attempts")[0];
        Assert.Equal(["number", "outcome", "statusCode", "error", "startedAt", "durationMs"], Names(attempt));
        Assert.Equal(("Done", 204, null), (Text(attempt, "outcome"), attempt.GetProperty("statusCode").GetInt32(), Text(attempt, "error")));
    }

    [Fact]
    public async Task One_event_shows_its_key_size_and_headers_too()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        var id = await sluice.AcceptAsync(webhook);
        var shown = await sluice.OpsJsonAsync($"events/{id}");

        Assert.Equal(["id", "source", "type", "receivedAt", "status", "deliveries", "idempotencyKey", "bodyBytes", "headers"], Names(shown));
        Assert.Equal(("Kept", "evt_1", webhook.Body.Length), (Text(shown, "status"), Text(shown, "idempotencyKey"), shown.GetProperty("bodyBytes").GetInt32()));
        Assert.Equal(0, shown.GetProperty("deliveries").GetArrayLength());
        var header = shown.GetProperty("headers").EnumerateArray().Single(header => Text(header, "name") == "Stripe-Signature");
        Assert.Equal(webhook["Stripe-Signature"], Text(header, "value"));
    }

    [Fact]
    public async Task A_dead_letter_shows_what_and_why()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);
        var dead = Assert.Single((await sluice.OpsJsonAsync("dead-letters")).GetProperty("items").EnumerateArray());

        Assert.Equal(["id", "event", "destination", "reason", "statusCode", "attempts", "deadAt", "source", "type"], Names(dead));
        Assert.Equal(($"{id}/billing", id.ToString(), "billing", "answered 500 (attempt 3 of 3)"), (Text(dead, "id"), Text(dead, "event"), Text(dead, "destination"), Text(dead, "reason")));
        Assert.Equal((500, 3, "2026-03-01T12:00:25+00:00"), (dead.GetProperty("statusCode").GetInt32(), dead.GetProperty("attempts").GetInt32(), Text(dead, "deadAt")));
    }

    [Fact]
    public async Task Stats_are_the_sums()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await sluice.AcceptAsync();
        var stats = await sluice.OpsJsonAsync("stats");

        Assert.Equal(["events", "deliveries", "pending", "retrying", "delivered", "deadLettered", "expired", "skipped", "isConserved"], Names(stats));
        Assert.Equal((1, 0), (stats.GetProperty("events").GetInt32(), stats.GetProperty("deliveries").GetInt32()));
    }

    [Fact]
    public async Task Sources_and_destinations_show_how_they_are_set_without_what_is_secret()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", new Uri("http://127.0.0.1:1/hook?token=secret"), new() { ["Types"] = new System.Text.Json.Nodes.JsonArray("a.*") }));
        var source = Assert.Single((await sluice.OpsJsonAsync("sources")).EnumerateArray());
        var destination = Assert.Single((await sluice.OpsJsonAsync("destinations")).EnumerateArray());

        Assert.Equal(["name", "provider", "usable", "paused", "secrets", "destinations"], Names(source));
        Assert.Equal(("stripe", "stripe", 1, "billing"), (Text(source, "name"), Text(source, "provider"), source.GetProperty("secrets").GetInt32(), source.GetProperty("destinations")[0].GetString()));
        Assert.Equal((true, false), (source.GetProperty("usable").GetBoolean(), source.GetProperty("paused").GetBoolean()));
        Assert.Equal(["name", "origin", "state", "reason", "since", "handler", "url", "sources", "types", "format", "owner", "rate", "concurrency"], Names(destination));
        Assert.Equal(("Configuration", "Active"), (Text(destination, "origin"), Text(destination, "state")));
        Assert.Equal(("billing", "http", "http://127.0.0.1:1/hook"), (Text(destination, "name"), Text(destination, "handler"), Text(destination, "url")));
    }

    [Fact]
    public async Task The_body_comes_back_byte_for_byte_and_no_browser_runs_it()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        byte[] body = [.. "<script>alert(1)</script>"u8, .. Enumerable.Range(0, 256).Select(i => (byte)i)];
        var id = await sluice.AcceptAsync(Sender.Stripe.Sign(body, sluice.Now));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/ops/events/{id}/body") { Headers = { { "Authorization", $"Bearer {RunningSluice.OpsToken}" } } };
        using var response = await sluice.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("application/octet-stream", "nosniff"), (response.Content.Headers.ContentType!.MediaType, response.Headers.GetValues("X-Content-Type-Options").Single()));
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
