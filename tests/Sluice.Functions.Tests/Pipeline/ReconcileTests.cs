using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RetryFunction;
using Sluice.Contracts.SenderApis;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Reconciliation;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The retry app compares what was kept with the sender's own log: with each round of its timer that is due, and when an operator asks. The sender is a double of its API.</summary>
[Collection(WireCollection.Name)]
public sealed class ReconcileTests : IAsyncLifetime
{
    private readonly SharedTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private StripeDouble stripe = null!;

    public async ValueTask InitializeAsync()
    {
        stripe = new StripeDouble(time);
        await stripe.ListenAsync();
    }

    public ValueTask DisposeAsync() => stripe.DisposeAsync();

    [Fact]
    public async Task An_event_missed_on_purpose_is_brought_in_by_the_timer_once()
    {
        await using var sluice = Open(("Every", "00:15:00"));
        Assert.Equal(200, (await sluice.PostAsync("evt_kept")).Status);
        Assert.Equal(401, (await sluice.PostAsync("stripe", CloudSluice.StripeBody("evt_missed"), [new("Stripe-Signature", "t=1,v1=00")])).Status);
        foreach (var id in new[] { "evt_kept", "evt_missed" }) stripe.Happened(id, sluice.Now.AddMinutes(-10));

        await sluice.CompareAsync();
        await sluice.HearAllAsync();
        var kept = await sluice.FindAsync(CloudSluice.IdOf("evt_missed"));
        Assert.Equal(("evt_missed", "invoice.paid", "stripe"), (kept.IdempotencyKey, kept.Type, kept.Headers.First(Reconciler.FetchedHeader)));
        Assert.Equal(DeliveryStatus.Delivered, Assert.Single(kept.Deliveries).Status);
        Assert.Equal(2, sluice.Handler.Calls.Count);

        sluice.Time.Advance(TimeSpan.FromMinutes(14));
        await sluice.CompareAsync();
        Assert.Single(stripe.Requests);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(sluice.CompareAsync(), sluice.CompareAsync());
        await sluice.HearAllAsync();
        Assert.Equal(2, stripe.Requests.Count);
        Assert.Equal((2, 2), ((await sluice.Store.CountAsync(TestContext.Current.CancellationToken)).Events, sluice.Handler.Calls.Count));
    }

    [Fact]
    public async Task Without_Every_the_timer_asks_nobody()
    {
        await using var sluice = Open();
        await sluice.CompareAsync();
        Assert.Empty(stripe.Requests);
    }

    [Fact]
    public async Task An_operator_brings_it_in_and_two_at_once_bring_it_in_once()
    {
        await using var sluice = Open();
        stripe.Happened("evt_missed", sluice.Now.AddMinutes(-10));
        Assert.Equal("""["stripe"]""", (await AskAsync(sluice, (function, request) => function.SourcesAsync(request))).Body.Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        var reports = await Task.WhenAll(Enumerable.Range(0, 3).Select(async _ => JsonSerializer.Deserialize((await AskAsync(sluice, (function, request) => function.RunAsync(request, "stripe"))).Body, ReconcileJson.Default.ReconcileReport)!));
        Assert.All(reports, report => Assert.Equal((0, null), (report.Failures.Count, report.StoppedBecause)));
        Assert.Equal((1, 2), (reports.Sum(report => report.Fetched), reports.Sum(report => report.Kept)));
        await sluice.HearAllAsync();
        Assert.Single(sluice.Handler.Calls);
        Assert.Equal(404, (await AskAsync(sluice, (function, request) => function.RunAsync(request, "nobody"))).Status);
        Assert.Equal(400, (await AskAsync(sluice, (function, request) => function.RunAsync(request, "stripe"), "?since=soon")).Status);
    }

    [Fact]
    public async Task A_sender_that_is_away_keeps_the_timer_from_nothing()
    {
        await using var sluice = Open(("Every", "00:15:00"));
        await stripe.DisposeAsync();
        sluice.Handler.Outcomes.Enqueue(Sluice.Delivery.Outcome.Retry("500 Internal Server Error"));
        Assert.Equal(200, (await sluice.PostAsync("evt_1")).Status);
        await sluice.HearAllAsync();
        await sluice.CompareAsync();
        await sluice.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(DeliveryStatus.Delivered, (await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"))).Status);
    }

    [Fact]
    public async Task Ingest_needs_no_token_and_a_token_that_is_missing_is_named_where_it_is_used()
    {
        await using var sluice = new CloudSluice(("Sluice:Sources:stripe:Reconcile:Every", "00:15:00"), ("Sluice:Sources:stripe:Reconcile:Token", "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/x)"));
        Assert.Equal(200, (await sluice.PostAsync("evt_1")).Status);
        await sluice.CompareAsync();
        var report = JsonSerializer.Deserialize((await AskAsync(sluice, (function, request) => function.RunAsync(request, "stripe"))).Body, ReconcileJson.Default.ReconcileReport)!;
        Assert.StartsWith("Sluice:Sources:stripe:Reconcile:Token is a Key Vault reference that did not resolve", report.StoppedBecause, StringComparison.Ordinal);
    }

    private static async Task<CloudAnswer> AskAsync(CloudSluice sluice, Func<ReconcileFunction, HttpRequest, Task<IResult>> ask, string query = "")
    {
        var context = new DefaultHttpContext { RequestServices = sluice.Retry };
        (context.Request.QueryString, context.Response.Body) = (new QueryString(query), new MemoryStream());
        return await CloudAnswer.OfAsync(context, await ask(ActivatorUtilities.CreateInstance<ReconcileFunction>(sluice.Retry), context.Request));
    }

    private CloudSluice Open(params (string Name, string Value)[] more)
    {
        var sluice = new CloudSluice([("Sluice:Sources:stripe:Reconcile:Token", stripe.Token), ("Sluice:Sources:stripe:Reconcile:ApiUrl", stripe.Url.ToString()), .. more.Select(setting => ($"Sluice:Sources:stripe:Reconcile:{setting.Name}", setting.Value))]);
        time.Of = sluice.Time;
        return sluice;
    }
}
