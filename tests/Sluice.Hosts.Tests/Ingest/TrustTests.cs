using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>What a source says about whom and what it takes: addresses, proxies, types of bodies, late events.</summary>
public sealed class TrustTests
{
    [Theory]
    [InlineData("127.0.0.1", 200)]
    [InlineData("127.0.0.0/8", 200)]
    [InlineData("::ffff:127.0.0.0/104", 200)]
    [InlineData("0.0.0.0/0", 200)]
    [InlineData("127.0.0.2", 401)]
    [InlineData("203.0.113.0/24", 401)]
    [InlineData("::1", 401)]
    [InlineData("::/0", 401)]
    public async Task Only_allowed_addresses_are_heard(string allowed, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["AllowedIps"] = new JsonArray("198.51.100.1", allowed) }));

        Assert.Equal(status, (await sluice.PostAsync(sluice.Stripe())).Status);
    }

    [Fact]
    public async Task A_refused_address_looks_like_a_wrong_signature_and_is_told_in_the_log()
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["AllowedIps"] = new JsonArray("203.0.113.0/24") }).Source("open"));
        Answered[] refused = [await sluice.PostAsync(sluice.Stripe()), await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/open").Carrying("{}"))];

        Assert.Equal((refused[0].Status, refused[0].Text), (refused[1].Status, refused[1].Text));
        Assert.Equal(refused[0].Headers.Select(header => header.Key), refused[1].Headers.Select(header => header.Key));
        Assert.Contains(sluice.Log.Lines, line => line.Message.StartsWith("stripe: request refused: AddressNotAllowed", StringComparison.Ordinal));
        Assert.Equal(405, (await sluice.GetAsync("/api/webhooks/stripe")).Status);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_question_from_a_refused_address_is_not_answered()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("okta", "okta", new() { ["AllowedIps"] = new JsonArray("203.0.113.0/24") }));

        Assert.Equal(405, (await sluice.SendAsync(new(HttpMethod.Get, "/api/webhooks/okta") { Headers = { { "X-Okta-Verification-Challenge", "x" } } })).Status);
    }

    [Theory]
    [InlineData("203.0.113.7", 200)]
    [InlineData("203.0.113.7:4711", 200)]
    [InlineData("198.51.100.9, 203.0.113.7", 200)]
    [InlineData("garbage, 203.0.113.7", 200)]
    [InlineData("203.0.113.7, 10.0.0.5", 200)]
    [InlineData("::ffff:203.0.113.7", 200)]
    [InlineData("203.0.113.7, 198.51.100.9", 401)]
    [InlineData("203.0.113.7, garbage", 401)]
    [InlineData("203.0.113.7, ", 401)]
    [InlineData("203.0.113.007", 401)]
    [InlineData("10.0.0.5", 401)]
    [InlineData(null, 401)]
    public async Task A_trusted_proxy_says_where_a_request_came_from(string? forwardedFor, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["AllowedIps"] = new JsonArray("203.0.113.0/24"), ["TrustedProxies"] = new JsonArray("127.0.0.1", "10.0.0.0/8") }));
        var webhook = forwardedFor is null ? sluice.Stripe() : sluice.Stripe().With("X-Forwarded-For", forwardedFor);

        Assert.Equal(status, (await sluice.PostAsync(webhook)).Status);
    }

    [Fact]
    public async Task Several_forwarding_headers_are_one_list()
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["AllowedIps"] = new JsonArray("203.0.113.0/24"), ["TrustedProxies"] = new JsonArray("127.0.0.1", "10.0.0.0/8") }));

        Assert.Equal(200, (await sluice.PostAsync(sluice.Stripe().Plus("X-Forwarded-For", "203.0.113.7").Plus("X-Forwarded-For", "10.0.0.5"))).Status);
        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe("evt_2").Plus("X-Forwarded-For", "203.0.113.7").Plus("X-Forwarded-For", "198.51.100.9"))).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10.0.0.0/8")]
    public async Task Nobody_else_is_believed_about_where_a_request_came_from(string? proxy)
    {
        var settings = new JsonObject { ["AllowedIps"] = new JsonArray("203.0.113.0/24") };
        if (proxy is not null) settings["TrustedProxies"] = new JsonArray(proxy);
        await using var sluice = await RunningSluice.StartAsync(Stripe(settings));

        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe().With("X-Forwarded-For", "203.0.113.7"))).Status);
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("APPLICATION/JSON; charset=utf-8", 200)]
    [InlineData("text/plain", 200)]
    [InlineData("application/jsonx", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("textual/plain", 415)]
    [InlineData(null, 415)]
    public async Task Other_types_of_bodies_are_415(string? type, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["ContentTypes"] = new JsonArray("application/json", "text/*") }));
        var webhook = type is null ? sluice.Stripe().Without("Content-Type") : sluice.Stripe().With("Content-Type", type);

        Assert.Equal(status, (await sluice.PostAsync(webhook)).Status);
    }

    [Fact]
    public async Task A_late_event_is_taken_only_by_a_source_that_says_so()
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe([]).Source("patient", settings: new() { ["AcceptLate"] = true }));
        var late = Sender.Stripe.Sign("""{"id":"evt_late"}""", sluice.Now.AddHours(-10));
        var early = Sender.Stripe.Sign("""{"id":"evt_early"}""", sluice.Now.AddHours(1));

        Assert.Equal(401, (await sluice.PostAsync(late)).Status);
        await sluice.AcceptAsync(late.To("/api/webhooks/patient"));
        Assert.Equal("duplicate", (await sluice.PostAsync(late.To("/api/webhooks/patient"))).Json.GetProperty("status").GetString());
        Assert.Equal(401, (await sluice.PostAsync(early.To("/api/webhooks/patient"))).Status);
        Assert.Equal(401, (await sluice.PostAsync(late.To("/api/webhooks/patient").Carrying("{}"))).Status);
    }

    [Fact]
    public async Task A_senders_late_repeat_of_what_is_kept_is_a_duplicate_and_replays_nothing()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(Stripe([]).Destination("billing", sink.Url));
        var webhook = sluice.Stripe();
        var id = await sluice.AcceptAsync(webhook);
        await sluice.DieAsync(id);
        sluice.Time.Advance(TimeSpan.FromHours(1));
        var answer = await sluice.PostAsync(webhook);

        Assert.Equal((200, "duplicate", id), (answer.Status, answer.Json.GetProperty("status").GetString(), answer.Id));
        Assert.Equal(Events.DeliveryStatus.DeadLettered, (await sluice.DeliveryAsync(id)).Status);
        Assert.Equal(401, (await sluice.PostAsync(Sender.Stripe.Sign("""{"id":"evt_1","other":1}""", sluice.Now.AddHours(-1)))).Status);
    }

    [Attack("A39")]
    [Fact]
    public async Task Which_secret_matched_is_counted_by_its_position()
    {
        var seen = new List<(object? Source, object? Secret)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => { if (instrument == Telemetry.Verified) listening.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => { lock (seen) seen.Add((tags[0].Value, tags[1].Value)); });
        listener.Start();
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("audited", settings: new() { ["Secrets"] = new JsonArray("an older one", "the newer one") }));
        await sluice.AcceptAsync(new Sender("stripe", "the newer one", "audited").Sign("""{"id":"1"}""", sluice.Now));
        await sluice.AcceptAsync(new Sender("stripe", "an older one", "audited").Sign("""{"id":"2"}""", sluice.Now));

        Assert.Equal([1, 0], seen.Where(item => item.Source as string == "audited").Select(item => (int)item.Secret!));
    }

    private static SluiceFile Stripe(JsonObject settings) => new SluiceFile().Source(settings: settings);
}
