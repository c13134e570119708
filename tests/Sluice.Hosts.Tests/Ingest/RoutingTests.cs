using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>One exact way leads to a source; everything else is a plain refusal that tells nothing and leads nowhere.</summary>
public sealed class RoutingTests
{
    [Theory]
    [InlineData("nobody")]
    [InlineData("Stripe")]
    [InlineData("STRIPE")]
    [InlineData("stripe.")]
    [InlineData("stripe%20")]
    [InlineData("stripe%2f")]
    [InlineData("stripe%2F..%2Fsecond")]
    [InlineData("stripe%5c")]
    [InlineData("stripe;x=1")]
    [InlineData("%2A")]
    [InlineData("{source}")]
    [InlineData("constructor")]
    public async Task An_unknown_source_is_404_with_nothing_but_that(string source)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("second"));
        var answer = await sluice.PostAsync(sluice.Stripe().To($"/api/webhooks/{source}"));

        Assert.Equal((404, """{"error":"unknown source"}"""), (answer.Status, answer.Text));
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Attack("A15")]
    [Theory]
    [InlineData("/api/webhooks/../x")]
    [InlineData("/api/webhooks/../../etc/passwd")]
    [InlineData("/api/webhooks/%2e%2e/x")]
    [InlineData("/api/webhooks/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/api/webhooks/..%2fx")]
    [InlineData("/api/webhooks/..%5cx")]
    [InlineData("/api/webhooks/")]
    [InlineData("/api/webhooks")]
    [InlineData("/api/webhooks//stripe")]
    [InlineData("/api//webhooks/stripe")]
    [InlineData("//api/webhooks/stripe")]
    [InlineData("/api/webhooks/stripe/extra/parts")]
    [InlineData("/api/webhooks/stripe%00")]
    [InlineData("/api/webhooks/%zz")]
    [InlineData("/api/webhooks/%ff%fe")]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("*")]
    [InlineData("http://evil.example/x")]
    public async Task Tricks_with_the_path_lead_nowhere(string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("x"));
        using (var connection = await RawConnection.OpenAsync(sluice))
        {
            var webhook = sluice.Stripe().To(path);
            await connection.SendAsync(webhook.Head());
            await connection.SendAsync(webhook.Body);
            var answer = await connection.ReadAsync();
            Assert.InRange(answer!.Status, 400, 405);
            Assert.False(answer.Has("Server") || answer.Has("Location") || answer.Has("X-Powered-By"), answer.Text);
        }

        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Attack("A15")]
    [Theory]
    [InlineData("/api/webhooks/stripe/")]
    [InlineData("/API/Webhooks/stripe")]
    [InlineData("/api/webhooks/stripe?secret=x&y")]
    [InlineData("/api/webhooks/%73tripe")]
    [InlineData("/api/./webhooks/second/../stripe")]
    public async Task Another_spelling_of_the_same_path_is_the_same_source_with_its_own_secret(string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("second", settings: new() { ["Secrets"] = new System.Text.Json.Nodes.JsonArray("another secret") }));
        using var connection = await RawConnection.OpenAsync(sluice);
        var webhook = sluice.Stripe().To(path);
        await connection.SendAsync(webhook.Head());
        await connection.SendAsync(webhook.Body);

        Assert.Equal(200, (await connection.ReadAsync())!.Status);
        Assert.Equal("stripe", (await sluice.Store.ListAsync(new(), TestContext.Current.CancellationToken)).Items[0].Source);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("BREW")]
    public async Task Every_other_method_is_405_and_says_what_is_allowed(string method)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.SendAsync(new(new HttpMethod(method), "/api/webhooks/stripe"));

        Assert.Equal((405, "POST"), (answer.Status, string.Join(' ', answer.Content.Allow)));
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Theory]
    [InlineData("PUT", "/api/health")]
    [InlineData("POST", "/api/health/ready")]
    [InlineData("DELETE", "/api/ops/events")]
    [InlineData("GET", "/api/ops/dead-letters/replay")]
    public async Task Other_ways_have_their_methods_too(string method, string path)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);

        Assert.Equal(405, (await sluice.SendAsync(new(new HttpMethod(method), path))).Status);
    }

    [Fact]
    public async Task No_answer_names_the_server_or_leads_elsewhere()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Answered[] answers =
        [
            await sluice.PostAsync(sluice.Stripe()), await sluice.PostAsync(sluice.Stripe()), await sluice.PostAsync(sluice.Stripe().Carrying("{}")),
            await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/nobody")), await sluice.GetAsync("/api/webhooks/stripe"), await sluice.GetAsync("/"),
            await sluice.GetAsync("/api/health"), await sluice.GetAsync("/api/health/ready"), await sluice.GetAsync("/api/ops/events"), await sluice.OpsAsync("events"),
            await sluice.OpsAsync("events/x"), await sluice.OpsAsync("nothing"),
        ];

        Assert.Equal([200, 200, 401, 404, 405, 404, 200, 200, 401, 200, 404, 404], answers.Select(answer => answer.Status));
        Assert.All(answers, answer => Assert.False(answer.Headers.Contains("Server") || answer.Headers.Contains("X-Powered-By") || answer.Headers.Location is not null));
    }
}
