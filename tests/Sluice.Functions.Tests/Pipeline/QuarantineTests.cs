using System.Text;
using System.Text.Json;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>Requests that the ingest app refused, and what the retry app makes of them when the secret is right.</summary>
public sealed partial class QuarantineTests : PipelineTest
{
    private const string Wrong = "whsec_of_another_endpoint";

    private static readonly (string, string) On = ("Sluice:Sources:stripe:Quarantine", "true");
    private static readonly (string, string) Misconfigured = ("Sluice:Sources:stripe:Secrets:0", Wrong);
    private static readonly (string, string) Mended = ("Sluice:Sources:stripe:Secrets:0", CloudSluice.Secret);

    [Fact]
    public void Requests_that_a_wrong_secret_refused_are_released_once_it_is_right_and_delivered_exactly_once()
    {
        var sluice = Open(On, Misconfigured);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(401, Post(sluice, $"evt_{i}").Status);
            sluice.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.All(Verify(sluice), item => Assert.Equal("DoesNotHold", Text(item, "result")));
        Run(sluice, () => sluice.DeployAsync(Mended));
        sluice.Time.Advance(TimeSpan.FromHours(5));
        Assert.All(Verify(sluice), item => Assert.Equal("Holds", Text(item, "result")));
        Assert.Equal(Enumerable.Range(0, 3).Select(i => CloudSluice.IdOf($"evt_{i}").ToString()), Release(sluice).Select(item => Text(item, "event")));

        Pass(sluice, TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_{i}"));
        Assert.Equal(CloudSluice.StripeBody("evt_0"), sluice.Handler.Calls[0].Event.Body.ToArray());
        Assert.Empty(Kept(sluice));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Where_the_app_dies_between_keeping_the_event_and_forgetting_the_request_nothing_is_lost_and_nothing_doubled()
    {
        var sluice = Open(On, Misconfigured);
        Post(sluice);
        Run(sluice, () => sluice.DeployAsync(Mended));
        sluice.Tables.Before = request => request is { Table: "SluiceQuarantine", Writes: true } ? throw Unreachable : ValueTask.CompletedTask;
        Assert.Equal(503, Ask(sluice, (function, request) => function.ReleaseAllAsync(request)).Status);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);

        TablesWork(sluice);
        Assert.Equal("Duplicate", Text(Assert.Single(Release(sluice)), "result"));
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        Assert.Empty(Kept(sluice));
    }

    [Fact]
    public void While_the_event_cannot_be_kept_the_request_stays()
    {
        var sluice = Open(On, Misconfigured);
        Post(sluice);
        Run(sluice, () => sluice.DeployAsync(Mended));
        sluice.Tables.Before = request => request is { Table: "SluiceBook", Writes: true } ? throw Unreachable : ValueTask.CompletedTask;
        Assert.Equal(503, Ask(sluice, (function, request) => function.ReleaseAllAsync(request)).Status);

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("Released", Text(Assert.Single(Release(sluice)), "result"));
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
    }

    [Fact]
    public void The_bytes_come_back_as_they_were_and_the_finding_is_the_logs()
    {
        var sluice = Open(On);
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"a\":\"ä\"}"), 0, 255, 10];
        Assert.Equal(401, Run(sluice, () => sluice.PostAsync(body, Wrong)).Status);
        var id = Text(Assert.Single(Kept(sluice)), "id");

        var shown = JsonDocument.Parse(Ask(sluice, (function, request) => function.RejectionAsync(request, id)).Body).RootElement;
        Assert.StartsWith("Mismatch", Text(shown, "finding"), StringComparison.Ordinal);
        Assert.Equal("/api/webhooks/stripe", Text(shown, "target"));
        var answer = Ask(sluice, (function, request) => function.BodyAsync(request, id));
        Assert.Equal((200, "nosniff", "application/octet-stream"), (answer.Status, answer.Headers.XContentTypeOptions.ToString(), answer.Headers.ContentType.ToString()));
        Assert.Equal(Encoding.UTF8.GetString(body), answer.Body);
        Assert.Equal(404, Ask(sluice, (function, request) => function.BodyAsync(request, "nothing")).Status);
    }

    [Fact]
    public void What_is_too_old_to_be_known_again_is_not_released_and_says_so()
    {
        var sluice = Open(On, Misconfigured, ("Sluice:Retention", "4.00:00:00"));
        Post(sluice, "evt_1", CloudSluice.Secret);
        Run(sluice, () => sluice.DeployAsync(Mended));
        sluice.Time.Advance(TimeSpan.FromDays(3) + TimeSpan.FromMinutes(1));

        Assert.All(Verify(sluice).Concat(Release(sluice)), item => Assert.Equal(
            ("DoesNotHold", "too old: it was received 3 days ago and events are kept for 4, so that it could be lost or come twice; have the sender send it again"), (Text(item, "result"), Text(item, "finding"))));
        Assert.Single(Kept(sluice));
        sluice.Time.Advance(TimeSpan.FromDays(1));
        Pass(sluice, TimeSpan.FromMinutes(12));
        Assert.Empty(Kept(sluice));
        Assert.Empty(sluice.Handler.Calls);
    }

    [Fact]
    public void What_is_released_as_late_as_it_can_be_is_delivered_once_and_its_senders_repeat_is_known()
    {
        var sluice = Open(On, Misconfigured, ("Sluice:Retention", "4.00:00:00"));
        Assert.Equal(401, Post(sluice).Status);
        Run(sluice, () => sluice.DeployAsync(Mended));
        sluice.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        Assert.Equal("Released", Text(Assert.Single(Release(sluice)), "result"));
        Pass(sluice, TimeSpan.FromMinutes(20));

        Assert.Contains("duplicate", Post(sluice).Body, StringComparison.Ordinal);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
    }

    [Fact]
    public void A_request_of_another_sender_leaves_its_secret_nowhere()
    {
        const string Token = "the token of a GitLab hook";
        const string State = "the state of a Graph subscription";
        var sluice = Open(("Sluice:Sources:github:Provider", "github"), ("Sluice:Sources:github:Secrets:0", "a secret"), ("Sluice:Sources:github:Quarantine", "true"));
        void Arrive(string body, params KeyValuePair<string, string>[] headers) =>
            Assert.Equal(401, Run(sluice, () => sluice.PostAsync("github", Encoding.UTF8.GetBytes(body), headers)).Status);
        Arrive("""{"object_kind":"push"}""", new("X-Gitlab-Token", Token), new("X-Gitlab-Event", "Push Hook"));
        Arrive($$"""{"value":[{"subscriptionId":"1","clientState":"{{State}}"}]}""");
        Assert.Empty(Kept(sluice));
        Arrive("{}", new("X-GitHub-Event", "push"), new("X-Hub-Signature-256", "sha256=00"), new("X-Gitlab-Token", Token), new("x-functions-key", Token), new("X-Telegram-Bot-Api-Secret-Token", Token));

        var id = Text(Assert.Single(Kept(sluice)), "id");
        var shown = Ask(sluice, (function, request) => function.RejectionAsync(request, id)).Body;
        Assert.Contains("X-Hub-Signature-256", shown, StringComparison.Ordinal);
        var stored = string.Join('\n', sluice.Tables.Rows("SluiceQuarantine").SelectMany(row => row.Keys.Select(key => row[key] is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{row[key]}")).Append(shown));
        Assert.Contains("X-Hub-Signature-256", stored, StringComparison.Ordinal);
        foreach (var secret in new[] { Token, State }) Assert.DoesNotContain(secret, stored, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void The_timer_lets_go_of_what_is_too_old()
    {
        var sluice = Open(("Sluice:Sources:stripe:Quarantine:MaxAge", "02:00:00"));
        Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_1"), Wrong));
        Pass(sluice, TimeSpan.FromMinutes(119));
        Assert.Single(Kept(sluice));
        Pass(sluice, TimeSpan.FromMinutes(12));

        Assert.Empty(Kept(sluice));
        Assert.Equal(["ledger", "stripe"], sluice.Tables.Rows("SluiceQuarantine").Select(row => row.RowKey).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_that_is_stored_contains_the_secret()
    {
        var sluice = Open(On);
        Run(sluice, () => sluice.PostAsync("stripe", CloudSluice.StripeBody("evt_1"), [new("Authorization", $"Bearer {CloudSluice.Secret}"), new("Cookie", CloudSluice.Secret), new("Stripe-Signature", "t=1,v1=2")]));
        Assert.Single(Kept(sluice));

        foreach (var value in sluice.Tables.Rows("SluiceQuarantine").SelectMany(row => row.Keys.Select(key => row[key])))
            Assert.DoesNotContain(CloudSluice.Secret, value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_source_with_a_fault_releases_nothing_and_says_so()
    {
        var sluice = Open(On, Misconfigured);
        Post(sluice);
        Run(sluice, () => sluice.DeployAsync(("Sluice:Sources:stripe:Tolerance", "soon")));

        var item = Assert.Single(Release(sluice));
        Assert.Equal("DoesNotHold", Text(item, "result"));
        Assert.StartsWith("the source accepts nothing: Sluice:Sources:stripe:Tolerance is 'soon'", Text(item, "finding"), StringComparison.Ordinal);
    }

    private static void Post(CloudSluice sluice, string id, string secret) => Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody(id), secret)).Status);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static CloudAnswer Ask(CloudSluice sluice, Func<RetryFunction.QuarantineFunction, Microsoft.AspNetCore.Http.HttpRequest, Task<Microsoft.AspNetCore.Http.IResult>> ask) =>
        Run(sluice, () => sluice.OpsAsync(ask, "?limit=500"));

    private static List<JsonElement> Items(CloudAnswer answer)
    {
        Assert.True(answer.Status == 200, answer.Body);
        return [.. JsonDocument.Parse(answer.Body).RootElement.GetProperty("items").EnumerateArray()];
    }

    private static List<JsonElement> Kept(CloudSluice sluice) => Items(Ask(sluice, (function, request) => function.QuarantineAsync(request)));

    private static List<JsonElement> Verify(CloudSluice sluice) => Items(Ask(sluice, (function, request) => function.VerifyAllAsync(request)));

    private static List<JsonElement> Release(CloudSluice sluice) => Items(Ask(sluice, (function, request) => function.ReleaseAllAsync(request)));
}
