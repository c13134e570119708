using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Registering;

/// <summary>What <c>/test</c> sends and what it says; it keeps nothing and changes nothing.</summary>
public sealed class TriedTests
{
    [Fact]
    public async Task A_test_event_is_sent_marked_and_signed_and_its_answer_is_told()
    {
        await using var sink = await Sink.StartAsync(new Reply(200, Text: "thanks\nand more"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink, new() { ["SignSecrets"] = new JsonArray($"whsec_{Convert.ToBase64String(new byte[32])}") });
        var sent = (await sluice.OpsJsonAsync("destinations/crm/test", HttpMethod.Post)).GetProperty("sent");

        Assert.Equal((true, 200, "thanks"), (sent.GetProperty("delivered").GetBoolean(), sent.GetProperty("statusCode").GetInt32(), sent.GetProperty("answer").GetString()));
        Assert.Equal(JsonValueKind.Null, sent.GetProperty("error").ValueKind);
        var request = Assert.Single(sink.Requests);
        Assert.Equal(("true", "sluice", "sluice.test"), (request.Headers["Sluice-Test"], request.Headers["Sluice-Source"], request.Headers["Sluice-Type"]));
        Assert.StartsWith("v1,", request.Headers["webhook-signature"], StringComparison.Ordinal);
        Assert.Equal("sluice.test", JsonDocument.Parse(request.Body).RootElement.GetProperty("type").GetString());
        Assert.Equal(0, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task A_kept_event_is_sent_as_a_test_with_its_own_bytes_and_headers()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var webhook = sluice.Stripe();
        var id = await sluice.AcceptAsync(webhook);
        await RegisterAsync(sluice, sink);
        await sluice.OpsJsonAsync($"destinations/crm/test?event={id}", HttpMethod.Post);

        var request = Assert.Single(sink.Requests);
        Assert.Equal((id.ToString(), "true", webhook["Stripe-Signature"]), (request.Headers["Sluice-Event"], request.Headers["Sluice-Test"], request.Headers["Stripe-Signature"]));
        Assert.Equal(webhook.Body.ToArray(), request.Body);
        Assert.Empty((await sluice.EventAsync(id)).Deliveries);
    }

    [Fact]
    public async Task A_receiver_that_repeats_what_it_got_shows_nobody_its_credentials()
    {
        await using var sink = await Sink.StartAsync(new Reply(401, Text: "you said: Bearer token-of-the-receiver"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink, new() { ["Bearer"] = "token-of-the-receiver" });
        var answer = await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post);

        Assert.Equal("Bearer token-of-the-receiver", Assert.Single(sink.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("token-of-the-receiver", answer.Text, StringComparison.Ordinal);
        Assert.Equal("you said: ...", answer.Json.GetProperty("sent").GetProperty("answer").GetString());
    }

    [Fact]
    public async Task A_receiver_that_repeats_a_password_in_plain_shows_it_to_nobody()
    {
        await using var sink = await Sink.StartAsync(new Reply(401, Text: "me:password-of-the-receiver is wrong, password-of-the-receiver is"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink, new() { ["Basic"] = new JsonObject { ["User"] = "me", ["Password"] = "password-of-the-receiver" } });
        var answer = await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post);

        Assert.Equal($"Basic {Convert.ToBase64String("me:password-of-the-receiver"u8)}", Assert.Single(sink.Requests).Headers["Authorization"]);
        Assert.DoesNotContain("password-of-the-receiver", answer.Text, StringComparison.Ordinal);
        Assert.Equal("... is wrong, ... is", answer.Json.GetProperty("sent").GetProperty("answer").GetString());
    }

    [Theory]
    [InlineData(500, "tried again")]
    [InlineData(404, "a dead letter")]
    [InlineData(410, "disabled")]
    [InlineData(302, "tried again")]
    public async Task An_answer_that_is_no_success_is_told_with_what_it_would_mean(int status, string meaning)
    {
        await using var sink = await Sink.StartAsync(new Reply(status, Location: "/x", Text: "no"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink);
        var sent = (await sluice.OpsJsonAsync("destinations/crm/test", HttpMethod.Post)).GetProperty("sent");

        Assert.Equal((false, status), (sent.GetProperty("delivered").GetBoolean(), sent.GetProperty("statusCode").GetInt32()));
        Assert.Contains(meaning, sent.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("Active", (await sluice.OpsJsonAsync("destinations/crm")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_receiver_that_hangs_is_left_after_the_destinations_timeout()
    {
        await using var sink = await Sink.StartAsync(Reply.Never);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        await RegisterAsync(sluice, sink, new() { ["Timeout"] = "00:00:07" });
        var answer = sluice.OpsJsonAsync("destinations/crm/test", HttpMethod.Post);
        await sluice.PassAsync(TimeSpan.FromSeconds(7));

        Assert.Equal("no answer within 7 s", (await answer).GetProperty("sent").GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_destination_without_an_address_is_not_sent_to()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("audit", "log"));
        var refused = await sluice.OpsAsync("destinations/audit/test", HttpMethod.Post);

        Assert.Equal(422, refused.Status);
        Assert.Contains("handler log", refused.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await sluice.OpsAsync("destinations/audit/test?send=false", HttpMethod.Post)).Status);
    }

    [Fact]
    public async Task The_newest_kept_events_are_tried_and_what_keeps_each_away_is_said()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("other"));
        EventId[] ids =
        [
            await KeepAsync("evt_1", "invoice.paid", 50), await KeepAsync("evt_2", "invoice.paid", 2000), await KeepAsync("evt_3", "charge.refunded", 2000),
            await sluice.AcceptAsync(sluice.Stripe("evt_4").To("/api/webhooks/other")),
        ];
        var settings = """{ "Sources": ["stripe"], "Types": ["invoice.*"], "Filter": { "all": [ { "type": "*" }, { "json": "amount", "atLeast": 1000 } ] } }""";
        var tried = (await TryAsync("destinations/not_there_yet/test?send=false", settings)).ToDictionary(item => item.GetProperty("id").GetString()!, item => item.GetProperty("why").GetString());

        Assert.Equal(["filter: all[1] does not hold", null, "type: it is like none of Types", "source: it is none of Sources"], ids.Select(id => tried[id.ToString()]));
        Assert.Equal(2, (await TryAsync("destinations/not_there_yet/test?last=2", settings)).Count);
        Assert.Equal(ids[1].ToString(), Assert.Single(await TryAsync($"destinations/not_there_yet/test?send=false&event={ids[1]}", settings)).GetProperty("id").GetString());
        Assert.Equal(404, (await sluice.OpsAsync($"destinations/not_there_yet/test?send=false&event={new string('0', 32)}", HttpMethod.Post, settings)).Status);
        Assert.Equal(0, (await sluice.OpsJsonAsync("destinations")).GetArrayLength());

        async Task<EventId> KeepAsync(string id, string type, int amount)
        {
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
            return await sluice.AcceptAsync(Sender.Stripe.Sign($$"""{"id":"{{id}}","type":"{{type}}","amount":{{amount}}}""", sluice.Now));
        }

        async Task<List<JsonElement>> TryAsync(string path, string body)
        {
            var answer = await sluice.OpsAsync(path, HttpMethod.Post, body);
            Assert.True(answer.Status == 200, answer.Text);
            return [.. answer.Json.GetProperty("tried").EnumerateArray()];
        }
    }

    [Fact]
    public async Task Settings_that_are_only_thought_of_can_be_sent_to()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post, new JsonObject { ["Url"] = sink.Url.ToString(), ["AllowPrivate"] = true }.ToJsonString());

        Assert.True(answer.Json.GetProperty("sent").GetProperty("delivered").GetBoolean());
        Assert.Equal(422, (await sluice.OpsAsync("destinations/crm/test", HttpMethod.Post, """{ "Types": ["a"] }""")).Status);
        Assert.Equal(404, (await sluice.OpsAsync("destinations/crm")).Status);
    }

    private static async Task RegisterAsync(RunningSluice sluice, Sink sink, JsonObject? more = null)
    {
        var settings = more ?? [];
        settings["Url"] = sink.Url.ToString();
        settings["AllowPrivate"] = true;
        Assert.Equal(201, (await sluice.OpsAsync("destinations/crm", HttpMethod.Put, settings.ToJsonString())).Status);
    }
}
