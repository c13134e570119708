using Sluice.Contracts.SenderApis;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Reconciling;

/// <summary>Sources that are compared without being asked: for senders that never send again by themselves, and for what was missed for days.</summary>
public sealed class PollingTests : IAsyncLifetime
{
    private readonly SharedTime time = new(RunningSluice.Start);
    private StripeDouble stripe = null!;
    private GitHubDouble github = null!;

    public async ValueTask InitializeAsync()
    {
        (stripe, github) = (new StripeDouble(time), new GitHubDouble(time));
        await stripe.ListenAsync();
        await github.ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stripe.DisposeAsync();
        await github.DisposeAsync();
    }

    [Fact]
    public async Task A_source_that_says_how_often_is_compared_by_itself()
    {
        await using var sluice = await StartAsync("00:15:00");
        github.Sent(new("guid-1", "issues.opened", """{"action":"opened"}""", sluice.Now.AddMinutes(-30)));
        await RoundAsync(sluice);
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Events == 1, "GitHub was asked to send it again");
        await sluice.UntilAsync(() => Compared(sluice) == 2, "both were compared");

        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        for (var round = 2; round < 19; round++) await RoundAsync(sluice);
        Assert.Equal(2, Compared(sluice));
        await RoundAsync(sluice);
        await sluice.UntilAsync(async () => await sluice.Store.FindAsync(EventId.Of("stripe", "evt_1"), TestContext.Current.CancellationToken) is not null, "Stripe's event was fetched");
        await sluice.UntilAsync(() => Compared(sluice) == 4, "both were compared again");
        Assert.Equal(2, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_source_that_does_not_say_how_often_is_compared_only_when_asked()
    {
        await using var sluice = await StartAsync(null);
        for (var round = 1; round < 6; round++) await RoundAsync(sluice);
        Assert.Empty(stripe.Requests);
        Assert.Empty(github.Requests);
    }

    [Fact]
    public async Task A_sender_that_hangs_does_not_keep_the_others_from_their_turn()
    {
        await using var sluice = await StartAsync("00:15:00");
        github.Instead = github.HangAsync;
        stripe.Happened("evt_1", sluice.Now.AddMinutes(-10));
        await RoundAsync(sluice);
        await sluice.UntilAsync(() => github.Requests.Count == 1, "GitHub is asked");
        await sluice.PassAsync(TimeSpan.FromSeconds(30));
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Events == 1, "Stripe's event was fetched");
        Assert.Contains("github was not compared to the end: GitHub's API did not answer", sluice.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_that_says_when_is_not_asked_before()
    {
        await using var sluice = await StartAsync("00:05:00");
        (github.Remaining, github.Reset) = (0, sluice.Now.AddMinutes(40));
        await RoundAsync(sluice);
        await sluice.UntilAsync(() => Compared(sluice) == 2, "both were compared");
        for (var round = 2; round < 48; round++)
        {
            await RoundAsync(sluice);
            var asEver = 2 + ((round - 1) / 6);
            await sluice.UntilAsync(() => Compared(sluice) == asEver, "Stripe is compared as ever");
        }

        Assert.Single(github.Requests);
        await RoundAsync(sluice);
        await sluice.UntilAsync(() => github.Requests.Count == 2, "GitHub is asked when it said");
    }

    // Once the last one is over.
    private static Task RoundAsync(RunningSluice sluice) => sluice.PassAsync(LocalHost.Workers.ReconcileService.Period);

    private static int Compared(RunningSluice sluice) => sluice.Log.Lines.Count(line => line.Message.Contains("compared with its sender's log", StringComparison.Ordinal));

    private async Task<RunningSluice> StartAsync(string? every)
    {
        (string, System.Text.Json.Nodes.JsonNode)[] often = every is null ? [] : [("Every", every)];
        var sluice = await RunningSluice.StartAsync(new SluiceFile()
            .Source("stripe", "stripe", Reconciling.Compared.Settings(stripe, often))
            .Source("github", "github", Reconciling.Compared.Settings(github, [("Hook", "repos/octocat/hello-world/hooks/42"), .. often])));
        time.Of = sluice.Time;
        github.SendAsync = async webhook => (await sluice.PostAsync(new Sender("github").Sign(webhook.Body, sluice.Now).Plus("X-GitHub-Delivery", webhook.Id).Plus("X-GitHub-Event", "issues"))).Status;
        return sluice;
    }
}
