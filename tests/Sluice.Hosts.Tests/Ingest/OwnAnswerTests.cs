using System.Text;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>What a source answers instead of the plain success. The event is kept first, whatever becomes of the answer.</summary>
public sealed class OwnAnswerTests
{
    [Fact]
    public async Task A_written_answer_says_what_was_sent_escaped()
    {
        var answers = new JsonObject { ["Body"] = """{"text":"Got {json:data/name}, a {type}","id":"{id}"}""" };
        await using var sluice = await RunningSluice.StartAsync(Stripe(answers));
        var answer = await sluice.PostAsync(Sender.Stripe.Sign("""{"id":"evt_1","type":"a","data":{"name":"\"Jane\"\n"}}""", sluice.Now));

        Assert.Equal((200, "application/json"), (answer.Status, answer.Content.ContentType!.MediaType));
        Assert.Equal("Got \"Jane\"?, a a", answer.Json.GetProperty("text").GetString());
        Assert.NotNull(await sluice.EventAsync(answer.Id));
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_duplicate_is_answered_the_same_and_a_refusal_is_not()
    {
        await using var sluice = await RunningSluice.StartAsync(Stripe(new() { ["Body"] = "<Response><Say>{type}</Say></Response>", ["ContentType"] = "text/xml", ["Status"] = 201 }));
        var webhook = Sender.Stripe.Sign("""{"id":"evt_1","type":"a<b>&\""}""", sluice.Now);
        Answered[] answers = [await sluice.PostAsync(webhook), await sluice.PostAsync(webhook)];

        Assert.All(answers, answer => Assert.Equal((201, "text/xml", "<Response><Say>a&lt;b&gt;&amp;&quot;</Say></Response>"), (answer.Status, answer.Content.ContentType!.MediaType, answer.Text)));
        Assert.Equal((401, """{"error":"signature refused"}"""), ((await sluice.PostAsync(webhook.Carrying("{}"))).Status, (await sluice.PostAsync(webhook.Carrying("{}"))).Text));
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_slack_command_is_answered_from_its_form()
    {
        var answer = new JsonObject { ["Body"] = """{"response_type":"ephemeral","text":"{form:command} {form:text}"}""" };
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("slack", "slack", new() { ["Answer"] = answer }));
        var command = new Sender("slack").Sign("command=%2Fdeploy&text=main+now&trigger_id=1", sluice.Now).With("Content-Type", "application/x-www-form-urlencoded");

        Assert.Equal("/deploy main now", (await sluice.PostAsync(command)).Json.GetProperty("text").GetString());
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task Code_answers_once_the_event_is_kept()
    {
        RunningSluice? running = null;
        var code = new Own(async (webhook, _) =>
        {
            Assert.NotNull(await running!.Store.LoadAsync(webhook.Id, TestContext.Current.CancellationToken));
            return Answer.Json($$"""{"fulfillmentText":"{{webhook.Type}}"}""") with { Headers = [new("X-Own", "1")] };
        });
        await using var sluice = running = await RunningSluice.AnsweringAsync(Named(), code);
        var answer = await sluice.PostAsync(sluice.Stripe());

        Assert.Equal((200, """{"fulfillmentText":"invoice.paid"}""", "1"), (answer.Status, answer.Text, answer.Headers.GetValues("X-Own").Single()));
    }

    [Fact]
    public async Task Code_that_is_late_is_not_waited_for()
    {
        var code = new Own(async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return null;
        });
        await FallsBackAsync(code, "was not there in time", async sluice => await sluice.PassAsync(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task Code_that_does_not_heed_its_time_is_not_waited_for_either() =>
        await FallsBackAsync(new Own((_, _) => new(new TaskCompletionSource<Answer?>().Task)), "was not there in time", async sluice => await sluice.PassAsync(TimeSpan.FromSeconds(4)));

    [Fact]
    public async Task Code_whose_interruption_fails_ends_no_host()
    {
        var isCalled = new TaskCompletionSource();
        await FallsBackAsync(
            new Own((_, cancellationToken) =>
            {
                cancellationToken.Register(static () => throw new InvalidOperationException("of its own"));
                isCalled.SetResult();
                return new(new TaskCompletionSource<Answer?>().Task);
            }),
            "was not there in time",
            async sluice =>
            {
                await isCalled.Task.InTimeAsync();
                await sluice.PassAsync(TimeSpan.FromSeconds(4));
            });
    }

    [Fact]
    public async Task Code_that_fails_costs_nothing() => await FallsBackAsync(new Own((_, _) => throw new InvalidOperationException("a fault\r\nof its own")), "failed");

    [Fact]
    public async Task Code_that_has_no_answer_leaves_the_plain_success() => await FallsBackAsync(new Own((_, _) => default), null);

    [Theory]
    [InlineData(302, "text/plain", "X-Own", "1", 0)]
    [InlineData(410, "text/plain", "X-Own", "1", 0)]
    [InlineData(500, "text/plain", "X-Own", "1", 0)]
    [InlineData(204, "text/plain", "X-Own", "1", 1)]
    [InlineData(200, "text/plain", "X-Own", "1", 65 * 1024)]
    [InlineData(200, "text/plain\r\nX: y", "X-Own", "1", 0)]
    [InlineData(200, "text/plain", "X-Own", "1\r\nX: y", 0)]
    [InlineData(200, "text/plain", "X-Own:", "1", 0)]
    [InlineData(200, "text/plain", "Location", "https://evil.example", 0)]
    [InlineData(200, "text/plain", "transfer-encoding", "chunked", 0)]
    public async Task Code_cannot_answer_anything_but_a_plain_success(int status, string contentType, string header, string value, int length) =>
        await FallsBackAsync(new Own((_, _) => new(new Answer(status, contentType, new byte[length]) { Headers = [new(header, value)] })), "is no success, is too large or has headers that it may not set");

    [Fact]
    public async Task Code_is_not_asked_about_a_genuine_request_that_is_too_old_to_be_more_than_a_recording()
    {
        var asked = 0;
        await using var sluice = await RunningSluice.AnsweringAsync(Named(), new Own((_, _) => new(Answer.Json($$"""{"asked":{{++asked}}}"""))));
        var webhook = sluice.Stripe();
        Assert.Equal("""{"asked":1}""", (await sluice.PostAsync(webhook)).Text);
        Assert.Equal("""{"asked":2}""", (await sluice.PostAsync(webhook)).Text);
        sluice.Time.Advance(TimeSpan.FromSeconds(301));
        var late = await sluice.PostAsync(webhook);

        Assert.Equal((200, "duplicate", 2), (late.Status, late.Json.GetProperty("status").GetString(), asked));
    }

    private static async Task FallsBackAsync(Own code, string? because, Func<RunningSluice, Task>? meanwhile = null)
    {
        await using var sluice = await RunningSluice.AnsweringAsync(Named(), code);
        var posted = sluice.PostAsync(sluice.Stripe());
        if (meanwhile is not null)
        {
            await meanwhile(sluice);
            // Whoever begins to wait only now waits from now on.
            await sluice.UntilAsync(() =>
            {
                if (!posted.IsCompleted) sluice.Time.Advance(TimeSpan.FromMilliseconds(100));
                return posted.IsCompleted;
            }, "it is answered");
        }

        var answer = await posted;

        Assert.Equal((200, "accepted"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.NotNull(await sluice.EventAsync(answer.Id));
        if (because is null) Assert.DoesNotContain("answer own", sluice.Log.Text, StringComparison.Ordinal);
        else Assert.Contains(because, Assert.Single(sluice.Log.Lines, line => line.Message.Contains("answer own", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    private static SluiceFile Stripe(JsonObject answer) => new SluiceFile().Source(settings: new() { ["Answer"] = answer });

    private static SluiceFile Named() => new SluiceFile().Source(settings: new() { ["Answer"] = "own" });

    private sealed class Own(Func<WebhookEvent, CancellationToken, ValueTask<Answer?>> answer) : IAnswer
    {
        public string Name => "own";

        public ValueTask<Answer?> AnswerAsync(WebhookEvent webhook, CancellationToken cancellationToken) => answer(webhook, cancellationToken);
    }
}
