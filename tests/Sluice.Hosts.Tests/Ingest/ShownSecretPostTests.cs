using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>Senders that show their secret, over HTTP: what is taken, answered and asked, and that the secret stays nowhere.</summary>
public sealed class ShownSecretPostTests
{
    private const string Secret = "CANARY0123456789abcdef";

    [Attack("A15")]
    [Fact]
    public async Task A_secret_in_the_path_opens_its_source_and_no_other()
    {
        await using var sluice = await RunningSluice.StartAsync(Source("none").Source("other", "none", new() { ["Secrets"] = new JsonArray("another0123456789") }).Source());
        await sluice.AcceptAsync(Post($"/api/webhooks/none/{Secret}", """{"type":"a"}"""));

        Assert.Equal(401, (await sluice.PostAsync(Post($"/api/webhooks/other/{Secret}", "{}"))).Status);
        Assert.Equal(401, (await sluice.PostAsync(Post($"/api/webhooks/none/{Secret}x", "{}"))).Status);
        Assert.Equal(401, (await sluice.PostAsync(Post($"/api/webhooks/none/{Secret.ToLowerInvariant()}", "{}"))).Status);
        Assert.Equal(401, (await sluice.PostAsync(Post("/api/webhooks/none", "{}"))).Status);
        Assert.Equal(404, (await sluice.PostAsync(Post($"/api/webhooks/stripe/{Secret}", "{}"))).Status);
        Assert.Equal(404, (await sluice.PostAsync(Post($"/api/webhooks/none/{Secret}/x", "{}"))).Status);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Theory]
    [InlineData("none", "/api/webhooks/none/" + Secret, null, null)]
    [InlineData("gitlab", "/api/webhooks/gitlab", "X-Gitlab-Token", Secret)]
    [InlineData("telegram", "/api/webhooks/telegram", "X-Telegram-Bot-Api-Secret-Token", Secret)]
    [InlineData("token", "/api/webhooks/token", "Authorization", "Bearer " + Secret)]
    [InlineData("cloudevents", "/api/webhooks/cloudevents?access_token=" + Secret, null, null)]
    public async Task A_secret_that_is_shown_is_neither_kept_nor_passed_on(string provider, string path, string? header, string? value)
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Source(provider).Destination("billing", sink.Url));
        var webhook = Post(path, """{"id":"1","update_id":1,"message":{}}""").Plus("X-Gitlab-Event", "Push Hook");
        Assert.InRange((await sluice.PostAsync(header is null ? webhook : webhook.Plus(header, value!))).Status, 200, 202);
        await sluice.UntilAsync(() => sink.Count == 1);
        var id = (await sluice.Store.ListAsync(new(), TestContext.Current.CancellationToken)).Items[0].Id;

        var kept = await sluice.Store.LoadAsync(id, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("CANARY", kept!.Headers.Encode(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(sink.Requests[0].Headers.Values, text => text.Contains("CANARY", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("CANARY", sluice.Log.Text, StringComparison.OrdinalIgnoreCase);
        if (provider == "gitlab") Assert.Equal("Push Hook", sink.Requests[0].Headers["X-Gitlab-Event"]);
    }

    [Fact]
    public async Task Strava_verifies_its_subscription()
    {
        await using var sluice = await RunningSluice.StartAsync(Source("strava", new() { ["VerifyToken"] = "STRAVA" }));
        var answer = await sluice.GetAsync($"/api/webhooks/strava/{Secret}?hub.mode=subscribe&hub.challenge=15f7&hub.verify_token=STRAVA");

        Assert.Equal((200, """{"hub.challenge":"15f7"}""", "application/json"), (answer.Status, answer.Text, answer.Content.ContentType?.MediaType));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(405, (await sluice.GetAsync($"/api/webhooks/strava/{Secret}?hub.mode=subscribe&hub.challenge=15f7&hub.verify_token=guess")).Status);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Microsoft_graph_validates_its_url_with_a_post()
    {
        await using var sluice = await RunningSluice.StartAsync(Source("msgraph"));
        var answer = await sluice.PostAsync(Post("/api/webhooks/msgraph?validationToken=a%20b", ""));

        Assert.Equal((200, "a b", "text/plain"), (answer.Status, answer.Text, answer.Content.ContentType?.MediaType));
        // What could be markup does not come back.
        Assert.Equal(401, (await sluice.PostAsync(Post("/api/webhooks/msgraph?validationToken=a%20%3Cb%3E", ""))).Status);
        Assert.Equal(401, (await sluice.PostAsync(Post("/api/webhooks/msgraph?validationToken=" + new string('x', 2049), ""))).Status);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Event_grid_validates_its_url_and_its_batches_become_events()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Source("eventgrid").Destination("billing", sink.Url));
        var path = $"/api/webhooks/eventgrid/{Secret}";
        const string question = """[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6"}}]""";
        var answer = await sluice.PostAsync(Post(path, question).Plus("aeg-event-type", "SubscriptionValidation"));

        Assert.Equal((200, """{"validationResponse":"512d38b6"}"""), (answer.Status, answer.Text));
        Assert.Equal(401, (await sluice.PostAsync(Post("/api/webhooks/eventgrid/guess", question).Plus("aeg-event-type", "SubscriptionValidation"))).Status);
        await sluice.AcceptAsync(Post(path, """[ {"id":"1","eventType":"a"}, {"id":"2","eventType":"b"} ]"""));
        await sluice.UntilAsync(() => sink.Count == 2);
        Assert.Equal(["""{"id":"1","eventType":"a"}""", """{"id":"2","eventType":"b"}"""], sink.Requests.Select(request => Encoding.UTF8.GetString(request.Body)).Order());
    }

    [Fact]
    public async Task Cloud_events_are_asked_for_by_options_and_answered_202()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Source("cloudevents").Destination("billing", sink.Url));
        var leave = await sluice.SendAsync(new(HttpMethod.Options, "/api/webhooks/cloudevents") { Headers = { { "WebHook-Request-Origin", "eventemitter.example.com" } } });
        var batch = Post("/api/webhooks/cloudevents", """[{"id":"1","source":"/s","type":"t"}]""").With("Content-Type", "application/cloudevents-batch+json").Plus("Authorization", $"Bearer {Secret}");

        Assert.Equal((200, "eventemitter.example.com", "*"), (leave.Status, leave.Headers.GetValues("WebHook-Allowed-Origin").Single(), leave.Headers.GetValues("WebHook-Allowed-Rate").Single()));
        Assert.Equal(405, (await sluice.SendAsync(new(HttpMethod.Options, "/api/webhooks/cloudevents"))).Status);
        Assert.Equal((202, ""), ((await sluice.PostAsync(batch)).Status, (await sluice.PostAsync(batch)).Text));
        await sluice.UntilAsync(() => sink.Count == 1);
        Assert.StartsWith("application/cloudevents+json", sink.Requests[0].Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", 200)]
    [InlineData("HEAD", 200)]
    [InlineData("PUT", 405)]
    [InlineData("POST", 200)]
    public async Task Mailchimp_finds_its_url_whatever_it_asks_with(string method, int status)
    {
        await using var sluice = await RunningSluice.StartAsync(Source("mailchimp", new() { ["ContentTypes"] = new JsonArray("application/x-www-form-urlencoded") }));

        Assert.Equal(status, (await sluice.SendAsync(new(new HttpMethod(method), $"/api/webhooks/mailchimp/{Secret}"))).Status);
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    private static SluiceFile Source(string provider, JsonObject? settings = null)
    {
        settings ??= [];
        settings["Secrets"] = new JsonArray(Secret);
        return new SluiceFile().Source(provider, provider, settings);
    }

    private static Webhook Post(string path, string body) => new(path, [new("Content-Type", "application/json")], Encoding.UTF8.GetBytes(body));
}
