using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts.SenderApis;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>Senders that list their events whole: what is missing is kept as the listing has it.</summary>
public sealed class FetchedTests : IAsyncLifetime
{
    private readonly SharedTime time = new(RunningSluice.Start);
    private StripeDouble stripe = null!;
    private Sink sink = null!;

    public async ValueTask InitializeAsync()
    {
        stripe = new StripeDouble(time);
        await stripe.ListenAsync();
        sink = await Sink.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stripe.DisposeAsync();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task An_event_missed_on_purpose_is_found_and_brought_in_once()
    {
        await using var sluice = await StartAsync();
        await sluice.AcceptAsync("evt_1");
        // Refused: sent with a wrong signature, and never again.
        Assert.Equal(401, (await sluice.PostAsync(new Sender("stripe", "another secret").Sign("""{"id":"evt_2","type":"invoice.paid"}""", sluice.Now))).Status);
        var at = sluice.Now.AddMinutes(-10);
        foreach (var id in new[] { "evt_1", "evt_2" }) stripe.Happened(id, at);

        var report = await sluice.ReconcileAsync("stripe");
        Assert.Equal((2, 1, 1, 1, 0, 0, 0), report.Numbers());
        Assert.Null(report.StoppedBecause);
        Assert.Equal("evt_2", Assert.Single(report.Events).Key);

        await sluice.UntilAsync(() => sink.Count == 2);
        var kept = await sluice.EventAsync(EventId.Of("stripe", "evt_2"));
        Assert.Equal(("evt_2", "invoice.paid", "stripe"), (kept.IdempotencyKey, kept.Type, kept.Headers.First("Sluice-Fetched")));
        var received = Assert.Single(sink.Requests, request => request.Headers["Sluice-Event"] == kept.Id.ToString());
        Assert.Equal(StripeDouble.Write("evt_2", "invoice.paid", at).Trim(), Encoding.UTF8.GetString(received.Body));
        Assert.Equal(("stripe", "application/json"), (received.Headers["Sluice-Fetched"], received.Headers["Content-Type"]));
        Assert.DoesNotContain(sink.Requests, request => request.Headers["Sluice-Event"] != kept.Id.ToString() && request.Headers.ContainsKey("Sluice-Fetched"));

        Assert.Equal((2, 2, 0, 0, 0, 0, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
        Assert.Equal(2, (await sluice.StatsAsync()).Events);
        Assert.Equal(2, sink.Count);
    }

    [Fact]
    public async Task Comparisons_at_once_bring_an_event_in_once()
    {
        await using var sluice = await StartAsync();
        for (var i = 0; i < 40; i++) stripe.Happened($"evt_{i}", sluice.Now.AddMinutes(-10 - i));
        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => sluice.ReconcileAsync("stripe")));
        Assert.Equal(40, reports.Sum(report => report.Fetched));
        Assert.All(reports, report => Assert.Equal((40, 0), (report.Kept + report.Fetched, report.Failed)));
        await sluice.UntilAsync(() => sink.Count == 40);
        Assert.Equal((40, 40), ((await sluice.StatsAsync()).Events, sink.Requests.Select(request => request.Headers["Sluice-Event"]).Distinct().Count()));
    }

    [Fact]
    public async Task A_webhook_that_comes_after_all_is_a_duplicate_of_what_was_fetched()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        Assert.Equal(1, (await sluice.ReconcileAsync("stripe")).Fetched);
        var late = await sluice.PostAsync(sluice.Stripe("evt_1"));
        Assert.Equal((200, "duplicate", EventId.Of("stripe", "evt_1")), (late.Status, late.Json.GetProperty("status").GetString(), late.Id));
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_sender_cannot_say_of_a_webhook_that_it_was_fetched()
    {
        await using var sluice = await StartAsync();
        var id = await sluice.AcceptAsync(sluice.Stripe().With("Sluice-Fetched", "stripe"));
        Assert.Null((await sluice.EventAsync(id)).Headers.First("Sluice-Fetched"));
        await sluice.UntilAsync(() => sink.Count == 1);
        Assert.False(sink.Requests[0].Headers.ContainsKey("Sluice-Fetched"));
    }

    [Fact]
    public async Task A_dry_run_finds_and_does_nothing()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        var report = await sluice.ReconcileAsync("stripe", "?dryRun=true");
        Assert.Equal((1, 0, 1, 0, 0, 0, 0), report.Numbers());
        Assert.True(report.DryRun);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task What_is_younger_than_five_minutes_is_left_to_its_webhook()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_young", sluice.Now.AddMinutes(-4));
        stripe.Happened("evt_old", sluice.Now.AddMinutes(-6));
        Assert.Equal((2, 0, 2, 1, 0, 1, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
        sluice.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((2, 1, 1, 1, 0, 0, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
    }

    [Fact]
    public async Task A_list_of_several_pages_is_read_to_its_end()
    {
        await using var sluice = await StartAsync();
        for (var i = 0; i < 250; i++) stripe.Happened($"evt_{i:000}", sluice.Now.AddMinutes(-10 - i));
        Assert.Equal((250, 0, 250, 250, 0, 0, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
        Assert.Equal(3, stripe.Requests.Count);
        Assert.Equal(250, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Without_types_only_what_Stripe_could_not_deliver_is_looked_at()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_delivered", sluice.Now.AddMinutes(-10), isDelivered: true);
        stripe.Happened("evt_undelivered", sluice.Now.AddMinutes(-10), "charge.failed");
        Assert.Equal((1, 0, 1, 1, 0, 0, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
        Assert.Equal("evt_undelivered", (await sluice.Store.FindAsync(EventId.Of("stripe", "evt_undelivered"), TestContext.Current.CancellationToken))!.IdempotencyKey);
    }

    [Fact]
    public async Task With_types_every_event_of_those_types_is_looked_at()
    {
        await using var sluice = await StartAsync(("Types", new JsonArray("invoice.*")));
        stripe.Happened("evt_delivered", sluice.Now.AddMinutes(-10), isDelivered: true);
        stripe.Happened("evt_other", sluice.Now.AddMinutes(-10), "charge.failed");
        var report = await sluice.ReconcileAsync("stripe");
        Assert.Equal((1, 0, 1, 1, 0, 0, 0), report.Numbers());
        Assert.Equal("evt_delivered", Assert.Single(report.Events).Key);
    }

    [Fact]
    public async Task What_retention_let_go_of_is_not_brought_in_again()
    {
        await using var sluice = await RunningSluice.StartAsync(File().With("Retention", "2.00:00:00"));
        time.Of = sluice.Time;
        // Events of Stripe's are kept for the three days that it repeats them, and one more.
        stripe.Happened("evt_gone", sluice.Now.AddHours(-96));
        stripe.Happened("evt_missed", sluice.Now.AddHours(-94));
        var report = await sluice.ReconcileAsync("stripe", $"?since={Uri.EscapeDataString(sluice.Now.AddDays(-30).ToString("O"))}");
        Assert.Equal("evt_missed", Assert.Single(report.Events).Key);
        // And an hour is left, in which retention goes on.
        Assert.Equal(sluice.Now.AddHours(-95), report.Since);
    }

    [Fact]
    public async Task A_source_that_accepts_nothing_gets_nothing_from_its_senders_log_either()
    {
        var expired = new JsonArray(new JsonObject { ["Value"] = "whsec_test_of_some_length", ["NotAfter"] = "2020-01-01T00:00:00Z" });
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source(settings: new JsonObject { ["Secrets"] = expired, ["Reconcile"] = Compared.Settings(stripe)["Reconcile"]!.DeepClone() }));
        time.Of = sluice.Time;
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        var report = await sluice.ReconcileAsync("stripe");
        Assert.Equal("source stripe accepts nothing now: none of its secrets is valid", report.StoppedBecause);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task An_event_larger_than_the_source_takes_is_a_failure_and_not_kept()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source(settings: new JsonObject { ["MaxBodyBytes"] = 64, ["Reconcile"] = Compared.Settings(stripe)["Reconcile"]!.DeepClone() }));
        time.Of = sluice.Time;
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        var report = await sluice.ReconcileAsync("stripe");
        Assert.Equal((1, 0, 1, 0, 0, 0, 1), report.Numbers());
        Assert.Contains("MaxBodyBytes", Assert.Single(report.Failures), StringComparison.Ordinal);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_paused_source_is_left_alone()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new JsonObject { ["Paused"] = true, ["Reconcile"] = Compared.Settings(stripe)["Reconcile"]!.DeepClone() }));
        Assert.Equal("source stripe is paused", (await sluice.ReconcileAsync("stripe")).StoppedBecause);
        Assert.Empty(stripe.Requests);
    }

    [Fact]
    public async Task Square_is_asked_for_the_types_of_its_subscription_page_by_page()
    {
        await using var square = new SquareDouble(time);
        await square.ListenAsync();
        var settings = Compared.Settings(square, ("Types", new JsonArray("payment.*")));
        settings["PublicUrl"] = "https://hooks.example.com/api/webhooks/square";
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("square", "square", settings).Destination("billing", sink.Url));
        time.Of = sluice.Time;
        for (var i = 0; i < 205; i++) square.Happened(new($"sq_{i}", i % 2 == 0 ? "payment.updated" : "order.created", """{"type":"payment"}""", sluice.Now.AddMinutes(-6 - i)));

        Assert.Equal((103, 0, 103, 103, 0, 0, 0), (await sluice.ReconcileAsync("square")).Numbers());
        Assert.Equal(3, square.Requests.Count);
        Assert.Equal((103, 103, 0, 0, 0, 0, 0), (await sluice.ReconcileAsync("square")).Numbers());
        await sluice.UntilAsync(() => sink.Count == 103);
        var first = new SentWebhook("sq_0", "payment.updated", """{"type":"payment"}""", sluice.Now.AddMinutes(-6));
        Assert.Equal(SquareDouble.Write(first), Encoding.UTF8.GetString(Assert.Single(sink.Requests, request => request.Headers["Sluice-Event"] == EventId.Of("square", "sq_0").ToString()).Body));
    }

    private SluiceFile File(params (string, JsonNode)[] more) => new SluiceFile().Source(settings: Compared.Settings(stripe, more)).Destination("billing", sink.Url);

    private async Task<RunningSluice> StartAsync(params (string, JsonNode)[] more)
    {
        var sluice = await RunningSluice.StartAsync(File(more));
        time.Of = sluice.Time;
        return sluice;
    }
}
