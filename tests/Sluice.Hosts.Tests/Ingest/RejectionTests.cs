using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>No signature, no event: what is refused, what is said of it, and when a source is closed altogether.</summary>
public sealed class RejectionTests
{
    private static readonly Stats Nothing = new(0, 0, 0, 0, 0, 0, 0, 0);

    public static TheoryData<string, string> Spoiled => new()
    {
        { "missing", "MissingSignature" },
        { "empty", "MissingSignature" },
        { "malformed", "MalformedSignature" },
        { "another body", "Mismatch" },
        { "another secret", "Mismatch" },
        { "old", "TimestampTooOld" },
        { "early", "TimestampInFuture" },
        { "no time", "MissingTimestamp" },
    };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_spoiled_signature_is_401_and_tells_the_sender_nothing(string how, string finding)
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var answer = await sluice.PostAsync(Spoil(sluice, how));

        Assert.Equal((401, """{"error":"signature refused"}"""), (answer.Status, answer.Text));
        Assert.Contains(sluice.Log.Lines, line => line.Message.StartsWith($"stripe: request refused: {finding}", StringComparison.Ordinal));
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    [Theory]
    [MemberData(nameof(Spoiled))]
    public async Task A_source_may_explain_its_rejections(string how, string finding)
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["ExplainRejections"] = true }));
        var answer = await sluice.PostAsync(Spoil(sluice, how));

        Assert.Equal((401, $$"""{"error":"signature refused: {{finding}}"}"""), (answer.Status, answer.Text));
    }

    [Attack("A2")]
    [Fact]
    public async Task A_request_without_anything_is_refused()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        using var connection = await RawConnection.OpenAsync(sluice);

        Assert.Equal(401, (await connection.AskAsync("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        Assert.Equal(401, (await connection.AskAsync("POST /api/webhooks/stripe HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")).Status);
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    [Attack("A15")]
    [Fact]
    public async Task The_signature_of_one_source_opens_no_other()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("second", settings: new() { ["Secrets"] = new JsonArray("another secret") }));

        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe().To("/api/webhooks/second"))).Status);
    }

    [Fact]
    public async Task A_paused_source_is_503_with_a_time_to_come_back()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Paused"] = true }));

        await IsClosedAsync(sluice, sluice.Stripe());
    }

    [Theory]
    [InlineData("NotAfter", "2026-03-01T12:00:00Z")]
    [InlineData("NotBefore", "2026-03-01T12:00:01Z")]
    public async Task A_source_none_of_whose_secrets_is_valid_now_is_503_whatever_is_sent(string setting, string moment)
    {
        var secret = new JsonObject { ["Value"] = Sender.SecretOf("stripe"), [setting] = moment };
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray(secret) }));

        await IsClosedAsync(sluice, sluice.Stripe());
        await IsClosedAsync(sluice, sluice.Stripe().Carrying("{}"));
    }

    [Attack("A39")]
    [Fact]
    public async Task While_a_secret_is_rotated_both_are_valid_and_then_only_the_new_one()
    {
        var (old, fresh) = (new JsonObject { ["Value"] = Sender.SecretOf("stripe"), ["NotAfter"] = "2026-03-02T00:00:00Z" }, new JsonObject { ["Value"] = "the new one" });
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source(settings: new() { ["Secrets"] = new JsonArray(old, fresh) }));
        var renewed = new Sender("stripe", "the new one");

        await sluice.AcceptAsync();
        await sluice.AcceptAsync(renewed.Sign("""{"id":"evt_2"}""", sluice.Now));
        sluice.Time.Advance(TimeSpan.FromHours(12));
        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe("evt_3"))).Status);
        await sluice.AcceptAsync(renewed.Sign("""{"id":"evt_4"}""", sluice.Now));
    }

    [Fact]
    public async Task Slacks_url_verification_is_answered_and_nothing_is_kept()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("slack", "slack"));
        var challenge = new Sender("slack").Sign("""{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}""", sluice.Now);
        var answer = await sluice.PostAsync(challenge);

        Assert.Equal((200, "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"), (answer.Status, answer.Text));
        Assert.Equal(("text/plain", "nosniff"), (answer.Content.ContentType!.MediaType, answer.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    [Attack("A17")]
    [Fact]
    public async Task A_forged_url_verification_is_refused_and_echoes_nothing()
    {
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("slack", "slack"));
        var answer = await sluice.PostAsync(new Sender("slack", "a guess").Sign("""{"challenge":"<script>","type":"url_verification"}""", sluice.Now));

        Assert.Equal((401, """{"error":"signature refused"}"""), (answer.Status, answer.Text));
    }

    private static async Task IsClosedAsync(RunningSluice sluice, Webhook webhook)
    {
        var answer = await sluice.PostAsync(webhook);
        Assert.Equal((503, """{"error":"this source accepts nothing now"}"""), (answer.Status, answer.Text));
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        Assert.Equal(Nothing, await sluice.StatsAsync());
    }

    private static Webhook Spoil(RunningSluice sluice, string how) => how switch
    {
        "missing" => sluice.Stripe().Without("Stripe-Signature"),
        "empty" => sluice.Stripe().With("Stripe-Signature", ""),
        "malformed" => sluice.Stripe().With("Stripe-Signature", "t=1"),
        "another body" => sluice.Stripe().Carrying("""{"id":"evt_1","type":"invoice.voided"}"""),
        "another secret" => new Sender("stripe", "a guess").Sign("{}", sluice.Now),
        "old" => Sender.Stripe.Sign("{}", sluice.Now.AddSeconds(-301)),
        "early" => Sender.Stripe.Sign("{}", sluice.Now.AddSeconds(301)),
        _ => sluice.Stripe().With("Stripe-Signature", "v1=" + new string('0', 64)),
    };
}
