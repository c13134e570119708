using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Contracts.SenderApis;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Reconciliation;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>Senders that are asked to send again: what is missing comes through the webhook's own door, signed.</summary>
public sealed class AskedAgainTests : IAsyncLifetime
{
    private const string Hook = "repos/octocat/hello-world/hooks/42";

    private readonly SharedTime time = new(RunningSluice.Start);
    private GitHubDouble github = null!;
    private Sink sink = null!;

    public async ValueTask InitializeAsync()
    {
        github = new GitHubDouble(time);
        await github.ListenAsync();
        sink = await Sink.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await github.DisposeAsync();
        await sink.DisposeAsync();
    }

    [Fact]
    public async Task A_delivery_missed_on_purpose_is_sent_again_signed_and_kept_once()
    {
        await using var sluice = await StartAsync();
        var (kept, missed) = (NewWebhook("guid-1", sluice.Now), NewWebhook("guid-2", sluice.Now.AddMinutes(-10)));
        Assert.Equal(200, await SendAsync(sluice, kept));
        github.Sent(missed);
        github.Sent(kept, 200);

        var report = await sluice.ReconcileAsync("github");
        Assert.Equal((2, 1, 1, 0, 1, 0, 0), report.Numbers());
        await sluice.UntilAsync(() => sink.Count == 2);
        var record = await sluice.EventAsync(EventId.Of("github", "guid-2"));
        Assert.Equal(("guid-2", "issues.opened"), (record.IdempotencyKey, record.Type));
        Assert.Null(record.Headers.First("Sluice-Fetched"));
        await sluice.UntilAsync(() => github.TriesOf("guid-2") == 2, "GitHub has noted the redelivery");

        Assert.Equal((2, 2, 0, 0, 0, 0, 0), (await sluice.ReconcileAsync("github")).Numbers());
        Assert.Equal((2, 2), ((await sluice.StatsAsync()).Events, sink.Count));
        Assert.Single(github.Requests, request => request.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Comparisons_at_once_keep_the_event_once()
    {
        await using var sluice = await StartAsync();
        github.Sent(NewWebhook("guid-1", sluice.Now.AddMinutes(-10)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => sluice.ReconcileAsync("github")));
        await sluice.UntilAsync(() => sink.Count == 1);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
        Assert.Equal(0, (await sluice.ReconcileAsync("github")).Missing);
    }

    [Fact]
    public async Task Several_tries_of_one_delivery_are_one_event_and_one_request()
    {
        await using var sluice = await StartAsync();
        for (var i = 6; i > 0; i--) github.Sent(NewWebhook("guid-1", sluice.Now.AddHours(-i)), 502);
        Assert.Equal((1, 0, 1, 0, 1, 0, 0), (await sluice.ReconcileAsync("github")).Numbers());
        await sluice.UntilAsync(() => sink.Count == 1);
    }

    [Fact]
    public async Task What_was_tried_a_moment_ago_is_left_alone_also_by_a_person()
    {
        await using var sluice = await StartAsync();
        github.Sent(NewWebhook("guid-1", sluice.Now.AddMinutes(-20)));
        github.SendAsync = static _ => Task.FromResult(502);
        Assert.Equal(1, (await sluice.ReconcileAsync("github")).AskedAgain);
        Assert.Equal((0, 1), ((await sluice.ReconcileAsync("github")) is var second ? second.AskedAgain : -1, second.Waiting));
        sluice.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(1, (await sluice.ReconcileAsync("github")).AskedAgain);
    }

    [Fact]
    public async Task What_is_refused_every_time_is_asked_for_ever_more_seldom()
    {
        await using var sluice = await StartAsync();
        github.SendAsync = static _ => Task.FromResult(401);
        github.Sent(NewWebhook("guid-1", sluice.Now));
        var (source, reconciler) = (Source(sluice), sluice.Services.GetRequiredService<Reconciler>());
        var asked = 0;
        for (var i = 0; i < 4 * 24 * 2; i++)
        {
            sluice.Time.Advance(TimeSpan.FromMinutes(15));
            asked += (await reconciler.RunAsync(source, new ReconcileRequest(null, TimeSpan.FromMinutes(2)), TestContext.Current.CancellationToken)).AskedAgain;
        }

        // After 5, 10, 20 minutes and so on, at last every 12 hours, and a quarter of an hour's turn at most too late.
        Assert.InRange(asked, 8, 11);
        Assert.Equal(1 + asked, github.TriesOf("guid-1"));
    }

    [Fact]
    public async Task A_delivery_older_than_three_days_is_not_asked_for()
    {
        await using var sluice = await StartAsync(("Lookback", "30.00:00:00"));
        github.Sent(NewWebhook("guid-old", sluice.Now.AddHours(-73)));
        github.Sent(NewWebhook("guid-1", sluice.Now.AddHours(-71)));
        Assert.Equal((1, 0, 1, 0, 1, 0, 0), (await sluice.ReconcileAsync("github")).Numbers());
        Assert.Equal(1, github.TriesOf("guid-old"));
    }

    [Fact]
    public async Task A_list_of_several_pages_is_followed_by_its_cursor_and_to_no_other_host()
    {
        await using var sluice = await StartAsync();
        for (var i = 0; i < 230; i++) github.Sent(NewWebhook($"guid-{i}", sluice.Now.AddMinutes(-1000 + i)));
        Assert.Equal((230, 230), ((await sluice.ReconcileAsync("github", "?dryRun=true")) is var report ? report.Listed : -1, report.Missing));
        Assert.Equal(3, github.Requests.Count);
    }

    [Fact]
    public async Task Requests_for_redelivery_are_a_second_apart()
    {
        await using var sluice = await StartAsync();
        for (var i = 0; i < 3; i++) github.Sent(NewWebhook($"guid-{i}", sluice.Now.AddMinutes(-30)));
        var report = await sluice.ThroughAsync(sluice.ReconcileAsync("github"), TimeSpan.FromSeconds(1.1));
        Assert.Equal(3, report.AskedAgain);
        Assert.Equal(TimeSpan.FromSeconds(1.1), github.LeastPause);
    }

    [Fact]
    public async Task GitHubs_limit_is_waited_for_when_it_is_near()
    {
        await using var sluice = await StartAsync();
        github.Sent(NewWebhook("guid-1", sluice.Now.AddMinutes(-30)));
        (github.Remaining, github.Reset) = (1, sluice.Now.AddSeconds(40));
        var report = await sluice.ThroughAsync(sluice.ReconcileAsync("github"), TimeSpan.FromSeconds(40));
        Assert.Equal((1, null), (report.AskedAgain, report.StoppedBecause));
        Assert.Equal(RunningSluice.Start.AddSeconds(40), sluice.Now);
        // Nothing was asked while GitHub would not have it.
        Assert.Equal(2, github.Requests.Count);
    }

    [Fact]
    public async Task GitHubs_limit_ends_the_comparison_when_it_is_far_and_the_moment_is_told()
    {
        await using var sluice = await StartAsync();
        github.Sent(NewWebhook("guid-1", sluice.Now.AddMinutes(-30)));
        (github.Remaining, github.Reset) = (1, sluice.Now.AddMinutes(50));
        var report = await sluice.ReconcileAsync("github");
        Assert.Equal((1, 0, 1, 0, 0, 1, 0), report.Numbers());
        Assert.Equal("GitHub allows no more requests for now; it may go on at 2026-03-01 12:50:00Z", report.StoppedBecause);
        Assert.Equal(sluice.Now.AddMinutes(50), report.MayGoOnAt);
        Assert.Single(github.Requests);
    }

    [Fact]
    public async Task A_GitHub_App_signs_in_with_a_token_of_its_own_making()
    {
        using var key = RSA.Create(2048);
        await using var app = new GitHubDouble(time, "app", "Iv23.client-of-the-app") { AppKey = key };
        await app.ListenAsync();
        var pem = key.ExportRSAPrivateKeyPem();
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile()
            .Source("github", "github", new JsonObject { ["Reconcile"] = new JsonObject { ["Token"] = pem, ["ClientId"] = app.Token, ["Hook"] = "app", ["ApiUrl"] = app.Url.ToString() } }).Destination("billing", sink.Url));
        time.Of = sluice.Time;
        app.SendAsync = webhook => SendAsync(sluice, webhook);
        app.Sent(NewWebhook("guid-1", sluice.Now.AddMinutes(-30)));
        Assert.Equal(1, (await sluice.ReconcileAsync("github")).AskedAgain);
        await sluice.UntilAsync(() => sink.Count == 1);
        Assert.DoesNotContain(pem[40..80], sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitLab_resends_five_a_minute_and_no_more_is_asked_of_it()
    {
        await using var gitlab = new GitLabDouble(time);
        await gitlab.ListenAsync();
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("gitlab", "gitlab", Compared.Settings(gitlab, ("Hook", GitLabDouble.HookSetting))).Destination("billing", sink.Url));
        time.Of = sluice.Time;
        gitlab.SendAsync = async webhook => (await sluice.PostAsync(new("/api/webhooks/gitlab", [new("Content-Type", "application/json"), new("X-Gitlab-Token", Sender.SecretOf("gitlab")), new("X-Gitlab-Event", webhook.Type), new("Idempotency-Key", webhook.Id)], System.Text.Encoding.UTF8.GetBytes(webhook.Body)))).Status;
        for (var i = 0; i < 25; i++) gitlab.Sent(new($"key-{i}", "Push Hook", """{"object_kind":"push"}""", sluice.Now.AddMinutes(-60 + i)), i == 0 ? 200 : 500);

        var report = await sluice.ThroughAsync(sluice.ReconcileAsync("gitlab"), TimeSpan.FromSeconds(13));
        Assert.Equal((25, 0, 25), (report.Listed, report.Kept, report.Missing));
        Assert.InRange(report.AskedAgain, 9, 10);
        Assert.Equal(TimeSpan.FromSeconds(13), gitlab.LeastPause);
        Assert.Equal((0, 25), (report.Failed, report.AskedAgain + report.Waiting));
        Assert.Equal(report.AskedAgain, (await sluice.StatsAsync()).Events);
        Assert.Contains("the time for one run is over", report.StoppedBecause!, StringComparison.Ordinal);

        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await sluice.ThroughAsync(sluice.ReconcileAsync("gitlab"), TimeSpan.FromSeconds(13));
        Assert.Equal(report.AskedAgain, second.Kept);
        Assert.Equal(second.Kept + second.AskedAgain, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_resend_of_GitLabs_that_is_refused_is_a_failure_that_says_so()
    {
        await using var gitlab = new GitLabDouble(time) { SendAsync = static _ => Task.FromResult(401) };
        await gitlab.ListenAsync();
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("gitlab", "gitlab", Compared.Settings(gitlab, ("Hook", GitLabDouble.HookSetting))));
        time.Of = sluice.Time;
        gitlab.Sent(new("key-1", "Push Hook", "{}", sluice.Now.AddMinutes(-60)), 401);
        var report = await sluice.ReconcileAsync("gitlab");
        Assert.Equal((1, 0, 1, 0, 0, 0, 1), report.Numbers());
        Assert.Equal("GitLab sent it again and was answered 401", Assert.Single(report.Failures));
    }

    [Fact]
    public async Task PayPal_is_signed_in_to_and_asked_to_resend_to_the_sources_own_webhook()
    {
        await using var paypal = new PayPalDouble(time);
        await paypal.ListenAsync();
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("paypal", "paypal", new JsonObject
        {
            ["Secrets"] = null, ["WebhookId"] = "8PT597110X687430L",
            ["Reconcile"] = new JsonObject { ["Token"] = "secret-of-the-double", ["ClientId"] = "client-of-the-double", ["ApiUrl"] = paypal.Url.ToString() },
        }));
        time.Of = sluice.Time;
        for (var i = 0; i < 7; i++) paypal.Happened(new($"WH-{i}", "PAYMENT.CAPTURE.COMPLETED", "{}", sluice.Now.AddMinutes(-60 + i)));

        var report = await sluice.ThroughAsync(sluice.ReconcileAsync("paypal"), TimeSpan.FromSeconds(1.1));
        Assert.Equal((7, 0, 7, 0, 7, 0, 0), report.Numbers());
        Assert.Equal(Enumerable.Range(0, 7).Select(i => ($"WH-{i}", "8PT597110X687430L")), paypal.Resent);
        Assert.Equal((7, 0, 7, 0, 0, 7, 0), (await sluice.ReconcileAsync("paypal")).Numbers());
        Assert.DoesNotContain("secret-of-the-double", sluice.Log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(paypal.Token, sluice.Log.Text, StringComparison.Ordinal);
    }

    private static SentWebhook NewWebhook(string id, DateTimeOffset at) => new(id, "issues.opened", $$"""{"action":"opened","title":"{{id}}"}""", at);

    private static async Task<int> SendAsync(RunningSluice sluice, SentWebhook webhook) =>
        (await sluice.PostAsync(new Sender("github").Sign(webhook.Body, sluice.Now).Plus("X-GitHub-Delivery", webhook.Id).Plus("X-GitHub-Event", webhook.Type.Split('.')[0]))).Status;

    private static Sluice.Ingestion.Source Source(RunningSluice sluice) =>
        sluice.Services.GetRequiredService<LiveConfiguration>().Current.TryGetSource("github", out var source) ? source : throw new InvalidOperationException("no source github");

    private async Task<RunningSluice> StartAsync(params (string, JsonNode)[] more)
    {
        var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("github", "github", Compared.Settings(github, [("Hook", Hook), .. more])).Destination("billing", sink.Url));
        time.Of = sluice.Time;
        github.SendAsync = webhook => SendAsync(sluice, webhook);
        return sluice;
    }
}
