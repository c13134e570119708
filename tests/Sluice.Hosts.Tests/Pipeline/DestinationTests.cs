using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>Which destinations get an event, and what becomes of those that are gone.</summary>
public sealed class DestinationTests
{
    [Fact]
    public async Task Two_destinations_are_independent()
    {
        await using var failing = await Sink.StartAsync(500);
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", failing.Url).Destination("audit", well.Url));
        var id = await sluice.AcceptAsync();
        await sluice.DieAsync(id);

        Assert.Equal(DeliveryStatus.Delivered, (await sluice.DeliveryAsync(id, "audit")).Status);
        Assert.Equal((3, 1), (failing.Count, well.Count));
        Assert.Equal("DeadLettered", (await sluice.EventAsync(id)).Status);
    }

    [Fact]
    public async Task A_destination_gets_only_the_sources_and_types_it_names()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("other")
            .Destination("invoices", sink.Url, new() { ["Types"] = new JsonArray("invoice.*"), ["Sources"] = new JsonArray("stripe") })
            .Destination("others", sink.Url, new() { ["Sources"] = new JsonArray("other") }));

        Assert.Equal(["invoices"], await DestinationsAsync(sluice, sluice.Stripe("evt_1", "invoice.paid")));
        Assert.Equal([], await DestinationsAsync(sluice, sluice.Stripe("evt_2", "charge.refunded")));
        Assert.Equal(["others"], await DestinationsAsync(sluice, sluice.Stripe("evt_1", "invoice.paid").To("/api/webhooks/other")));
    }

    [Fact]
    public async Task A_destination_gets_only_what_its_filter_takes()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("invoices", sink.Url, new() { ["Filter"] = new JsonObject { ["json"] = "type", ["startsWith"] = "invoice." } })
            .Destination("others", sink.Url, new() { ["Filter"] = new JsonObject { ["not"] = new JsonObject { ["type"] = "invoice.*" } } }));

        Assert.Equal(["invoices"], await DestinationsAsync(sluice, sluice.Stripe("evt_1", "invoice.paid")));
        Assert.Equal(["others"], await DestinationsAsync(sluice, sluice.Stripe("evt_2", "charge.refunded")));
    }

    [Fact]
    public async Task A_replay_adds_a_destination_only_where_its_filter_takes_the_event()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var (invoice, charge) = (await sluice.AcceptAsync(sluice.Stripe("evt_1", "invoice.paid")), await sluice.AcceptAsync(sluice.Stripe("evt_2", "charge.refunded")));
        sluice.Write(SluiceFile.Stripe.Destination("invoices", sink.Url, new() { ["Filter"] = new JsonObject { ["json"] = "type", ["like"] = "invoice.*" } }).ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));

        Assert.Equal((1, 0), (await ReplayedAsync(sluice, invoice), await ReplayedAsync(sluice, charge)));
        await sluice.UntilAsync(invoice, DeliveryStatus.Delivered, 1, "invoices");
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task The_senders_signature_goes_with_the_exact_bytes_and_not_with_a_cloud_event()
    {
        await using var exact = await Sink.StartAsync(200);
        await using var cloud = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("exact", exact.Url).Destination("cloud", cloud.Url, new() { ["Format"] = "CloudEvents" }));
        var id = await sluice.AcceptAsync();
        foreach (var destination in new[] { "exact", "cloud" }) await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1, destination);

        Assert.True(Assert.Single(exact.Requests).Headers.ContainsKey("Stripe-Signature"));
        Assert.False(Assert.Single(cloud.Requests).Headers.ContainsKey("Stripe-Signature"));
    }

    [Attack("A32")]
    [Fact]
    public async Task A_destination_that_leads_back_to_its_source_ends_as_a_dead_letter()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", new Uri("http://127.0.0.1:1/")));
        var request = sluice.Stripe();
        Assert.Equal(200, (await sluice.PostAsync(request.With("Sluice-Hops", "4"))).Status);
        var answer = await sluice.PostAsync(request.With("Sluice-Hops", "5"));
        Assert.Equal((400, """{"error":"this has gone through Sluice five times: one of its destinations leads back to a source"}"""), (answer.Status, answer.Text));
        Assert.Equal(200, (await sluice.PostAsync(request.With("Sluice-Hops", "nonsense"))).Status);
    }

    /// <summary>Each round is another body and so another event: nothing but the count ends it.</summary>
    [Attack("A32")]
    [Fact]
    public async Task A_loop_that_makes_another_event_each_time_ends_after_five_rounds()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var looped = SluiceFile.Stripe.Source("loop", "none", new() { ["Secrets"] = new JsonArray("a-secret-in-the-path") })
            .Destination("round", new Uri(sluice.Http.BaseAddress!, "/api/webhooks/loop/a-secret-in-the-path"), new() { ["Format"] = "CloudEvents" });
        sluice.Write(looped.ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));

        await sluice.AcceptAsync();
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Events: 5, Delivered: 4, DeadLettered: 1, Pending: 0 });
        var dead = (await sluice.OpsJsonAsync("dead-letters")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal(
            ("loop", """answered 400: {"error":"this has gone through Sluice five times: one of its destinations leads back to a source"}"""),
            (dead.GetProperty("source").GetString(), dead.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task A_destination_that_is_removed_leaves_dead_letters_that_name_it()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        var due = (await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1)).NextAttemptAt!.Value;
        sluice.Write(SluiceFile.Stripe.ToString());
        await sluice.PassAsync(RunningSluice.WatchPeriod);
        await sluice.UntilAsync(() => sluice.Log.Text.Contains("configuration is in force", StringComparison.Ordinal));
        sluice.Time.AdvanceTo(due);

        var delivery = await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 2);
        Assert.Equal("destination 'billing' is not configured any more; add it and replay, or purge", delivery.Reason);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task A_removed_destination_that_comes_back_gets_its_dead_letters_by_replay()
    {
        await using var sink = await Sink.StartAsync(200);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url).With("Workers", 0));
        var id = await sluice.AcceptAsync();
        await sluice.RestartAsync(SluiceFile.Stripe);
        await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1);
        await sluice.RestartAsync(file);

        await sluice.OpsJsonAsync("dead-letters/replay", HttpMethod.Post);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task The_forwarded_request_is_the_senders_own()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        // Not what a JSON library would write, and no UTF-8 throughout: exact bytes are neither parsed nor decoded.
        byte[] body = [.. "{ \"id\":\"evt_1\",\r\n  \"type\" : \"invoice.paid\" , \"x\": \"\\u00e9"u8, 0xff, 0xfe, 0x00, .. "\" }\n"u8];
        var webhook = Sender.Stripe.Sign(body, sluice.Now).With("Content-Type", "application/json; charset=latin-9");
        var id = await sluice.AcceptAsync(webhook);
        await sluice.UntilAsync(() => sink.Count == 1);

        var received = Assert.Single(sink.Requests);
        Assert.Equal(body, received.Body);
        Assert.Equal(("POST", "/hook"), (received.Method, received.Path));
        Assert.Equal("application/json; charset=latin-9", received.Headers["Content-Type"]);
        Assert.Equal(webhook["Stripe-Signature"], received.Headers["Stripe-Signature"]);
        Assert.Equal(
            (id.ToString(), "stripe", "1", $"{id}/billing"),
            (received.Headers["Sluice-Event"], received.Headers["Sluice-Source"], received.Headers["Sluice-Attempt"], received.Headers["Sluice-Delivery"]));
    }

    [Fact]
    public async Task The_type_goes_along_fit_for_a_header()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        await sluice.AcceptAsync(sluice.Stripe("evt_1", "rechnung.\u00fcberf\u00e4llig"));
        await sluice.UntilAsync(() => sink.Count == 1);

        Assert.Equal("rechnung.%C3%BCberf%C3%A4llig", sink.Requests[0].Headers["Sluice-Type"]);
    }

    [Fact]
    public async Task Credentials_cookies_and_strange_headers_are_not_forwarded()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        string[] never = ["Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Sluice-Secret", "X-Whatever", "TE"];
        await sluice.AcceptAsync(never.Aggregate(sluice.Stripe(), (webhook, name) => webhook.Plus(name, "let me in")).Plus("Sluice-Source", "forged"));
        await sluice.UntilAsync(() => sink.Count == 1);

        var headers = sink.Requests[0].Headers;
        Assert.DoesNotContain(headers, header => never.Contains(header.Key, StringComparer.OrdinalIgnoreCase));
        Assert.Equal("stripe", headers["Sluice-Source"]);
        Assert.Equal(sink.Url.Authority, headers["Host"]);
    }

    private static async Task<IEnumerable<string>> DestinationsAsync(RunningSluice sluice, Webhook webhook) =>
        (await sluice.EventAsync(await sluice.AcceptAsync(webhook))).Deliveries.Select(delivery => delivery.Destination);

    private static async Task<int> ReplayedAsync(RunningSluice sluice, EventId id) => (await sluice.OpsJsonAsync($"events/{id}/replay", HttpMethod.Post)).GetProperty("replayed").GetInt32();
}
