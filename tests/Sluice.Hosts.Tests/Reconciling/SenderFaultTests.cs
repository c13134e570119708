using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Sluice.Contracts.SenderApis;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>Senders' APIs that refuse, limit, lie, flood, hang or lead elsewhere: bounded, reported, and nothing secret is said.</summary>
public sealed class SenderFaultTests : IAsyncLifetime
{
    private readonly SharedTime time = new(RunningSluice.Start);
    private StripeDouble stripe = null!;

    public async ValueTask InitializeAsync()
    {
        stripe = new StripeDouble(time);
        await stripe.ListenAsync();
    }

    public ValueTask DisposeAsync() => stripe.DisposeAsync();

    [Fact]
    public async Task A_wrong_token_is_told_in_a_line_without_the_token()
    {
        await using var sluice = await StartAsync(("Token", "sk_test_a_wrong_one"));
        var report = await sluice.ReconcileAsync("stripe");
        Assert.Equal("Stripe does not know the token (401); put a valid one into Reconcile:Token", report.StoppedBecause);
        Assert.Contains("stripe was not compared to the end: Stripe does not know the token", sluice.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_test", sluice.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("sk_test", (await sluice.OpsAsync("sources/stripe/reconcile", HttpMethod.Post)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_that_is_near_is_waited_for()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        Limit(times: 2, retryAfter: "7");
        var report = await sluice.ThroughAsync(sluice.ReconcileAsync("stripe"), TimeSpan.FromSeconds(7));
        Assert.Equal((1, null), (report.Fetched, report.StoppedBecause));
        Assert.Equal(RunningSluice.Start.AddSeconds(14), sluice.Now);
    }

    [Theory]
    [InlineData("3600", 3600)]
    [InlineData("999999999", 24 * 3600)]
    public async Task A_limit_that_is_far_ends_the_comparison_and_the_moment_is_told(string retryAfter, int seconds)
    {
        await using var sluice = await StartAsync();
        Limit(times: int.MaxValue, retryAfter);
        var report = await sluice.ReconcileAsync("stripe");
        Assert.StartsWith("Stripe allows no more requests for now; it may go on at 2026-03-0", report.StoppedBecause, StringComparison.Ordinal);
        Assert.Equal(sluice.Now.AddSeconds(seconds), report.MayGoOnAt);
    }

    public static TheoryData<string, string> OddAnswers => new()
    {
        { "", "documentation" },
        { "null", "documentation" },
        { "[]", "documentation" },
        { "42", "documentation" },
        { "\"data\"", "documentation" },
        { "<html>Sign in</html>", "documentation" },
        { "{\"data\":{}}", "documentation" },
        { "{\"data\":null,\"has_more\":true}", "documentation" },
        { "{\"data\":[{\"id\":\"evt_1\"", "documentation" },
        { new string('[', 5000), "documentation" },
        { "{\"data\":[1,null,{},[],{\"id\":7},{\"id\":\"\"},{\"id\":\"\\ud800\"},{\"id\":\"a\\u0000b\"}],\"has_more\":true}", "no event" },
        { $$"""{"data":[{"id":"{{new string('x', 5000)}}"}]}""", "no event" },
    };

    [Theory]
    [MemberData(nameof(OddAnswers))]
    public async Task An_odd_answer_is_reported_and_ends_nothing_else(string answer, string said)
    {
        await using var sluice = await StartAsync();
        stripe.Instead = context => SayAsync(context, answer);
        var report = await sluice.ReconcileAsync("stripe");
        Assert.Contains(said, string.Join(' ', report.Failures.Append(report.StoppedBecause)), StringComparison.Ordinal);
        Assert.Equal((0, 0), (report.Fetched, (await sluice.StatsAsync()).Events));
        Assert.DoesNotContain(sluice.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
        stripe.Instead = null;
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        Assert.Equal(1, (await sluice.ReconcileAsync("stripe")).Fetched);
    }

    [Theory]
    [InlineData("""{"id":"evt_1","type":7,"created":"x"}""")]
    [InlineData("""{"id":"evt_1","type":"a\u0007b","created":-1}""")]
    [InlineData("""{"id":"evt_1","created":99999999999999999999}""")]
    [InlineData("""{"id":"evt_1","created":9007199254740993}""")]
    public async Task An_event_with_odd_fields_is_still_the_event(string item)
    {
        await using var sluice = await StartAsync();
        stripe.Instead = context => SayAsync(context, $$"""{"data":[{{item}}],"has_more":false}""");
        Assert.Equal(1, (await sluice.ReconcileAsync("stripe")).Fetched);
        Assert.Equal("unknown", (await sluice.EventAsync(Sluice.Events.EventId.Of("stripe", "evt_1"))).Type);
    }

    [Fact]
    public async Task An_endless_list_is_left_after_ten_thousand_entries()
    {
        await using var sluice = await StartAsync();
        var page = 0;
        stripe.Instead = context =>
        {
            var first = 100 * Interlocked.Increment(ref page);
            return SayAsync(context, $$"""{"data":[{{string.Join(',', Enumerable.Range(first, 100).Select(i => $$"""{"id":"evt_{{i}}","created":{{sluice.Now.ToUnixTimeSeconds()}}}"""))}}],"has_more":true}""");
        };
        var report = await sluice.ReconcileAsync("stripe");
        Assert.StartsWith("the log is longer than one run looks at", report.StoppedBecause, StringComparison.Ordinal);
        Assert.Equal((10_000, 100, 100), (report.Listed, report.Events.Count, page));
    }

    [Fact]
    public async Task A_list_that_goes_in_a_circle_is_left()
    {
        await using var sluice = await StartAsync();
        stripe.Instead = context => SayAsync(context, """{"data":[{"id":"evt_1","created":0}],"has_more":true}""");
        Assert.Equal((1, 0, 1, 1, 0, 0, 0), (await sluice.ReconcileAsync("stripe")).Numbers());
        Assert.InRange(stripe.Requests.Count, 1, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_of_more_than_sixteen_megabytes_is_not_read(bool isAnnounced)
    {
        await using var sluice = await StartAsync();
        stripe.Instead = async context =>
        {
            if (isAnnounced) context.Response.ContentLength = 1L << 40;
            var block = new byte[1024 * 1024];
            try
            {
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // It hung up: that is what is asked for.
            }

            return true;
        };
        Assert.Equal("Stripe's API answered more than 16 MiB at once, which is not read", (await sluice.ReconcileAsync("stripe")).StoppedBecause);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_is_not_followed_and_the_token_goes_nowhere_else(int status)
    {
        await using var elsewhere = await Sink.StartAsync();
        await using var sluice = await StartAsync();
        stripe.Instead = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.FromResult(true);
        };
        Assert.Contains("redirects are not followed", (await sluice.ReconcileAsync("stripe")).StoppedBecause, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task A_sender_that_never_answers_is_waited_for_half_a_minute()
    {
        await using var sluice = await StartAsync();
        stripe.Instead = stripe.HangAsync;
        var comparison = sluice.ReconcileAsync("stripe");
        await sluice.UntilAsync(() => stripe.Requests.Count == 1, "Stripe is asked");
        var report = await sluice.ThroughAsync(comparison, TimeSpan.FromSeconds(30));
        Assert.Equal("Stripe's API did not answer within 30 s; the next run tries again", report.StoppedBecause);
    }

    [Fact]
    public async Task A_sender_that_is_away_is_reported()
    {
        await using var sluice = await StartAsync();
        await stripe.DisposeAsync();
        Assert.StartsWith("Stripe's API cannot be reached: ", (await sluice.ReconcileAsync("stripe")).StoppedBecause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500, "Stripe's API answered 500; the next run tries again")]
    [InlineData(403, "Stripe does not allow this token to ask (403); give it the rights that docs/reconcile.md names")]
    [InlineData(404, "Stripe knows no such thing, or does not show it to this token (404); check Reconcile:Hook, Reconcile:ApiUrl and the token's rights")]
    [InlineData(418, "Stripe's API answered 418")]
    public async Task A_refusal_says_what_to_do(int status, string said)
    {
        await using var sluice = await StartAsync();
        stripe.Instead = context =>
        {
            context.Response.StatusCode = status;
            return SayAsync(context, """{"error":"sk_test_of_the_double is bad"}""");
        };
        Assert.Equal(said, (await sluice.ReconcileAsync("stripe")).StoppedBecause);
        Assert.DoesNotContain("sk_test", sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_ends_the_comparison_and_the_next_brings_it_in()
    {
        await using var sluice = await StartAsync();
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        using (new LockedBook(sluice)) Assert.Contains("the store cannot be used", (await sluice.ReconcileAsync("stripe")).StoppedBecause!, StringComparison.Ordinal);
        Assert.Equal(1, (await sluice.ReconcileAsync("stripe")).Fetched);
    }

    private static async Task<bool> SayAsync(HttpContext context, string answer)
    {
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer);
        return true;
    }

    private void Limit(int times, string? retryAfter)
    {
        var left = times;
        stripe.Instead = context =>
        {
            if (Interlocked.Decrement(ref left) < 0) return Task.FromResult(false);
            context.Response.StatusCode = 429;
            if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
            return Task.FromResult(true);
        };
    }

    private async Task<RunningSluice> StartAsync(params (string, JsonNode)[] more)
    {
        var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: Compared.Settings(stripe, more)));
        time.Of = sluice.Time;
        return sluice;
    }
}
