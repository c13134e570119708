using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>What senders ask before or between their webhooks (A17): answered for ever, without a store, and turned against nobody.</summary>
public sealed class ChallengeTests
{
    private static readonly SourceSettings Settings = new() { Name = "it", Provider = "any", VerifyToken = "a token of ours", Secrets = [new("secret")] };

    /// <summary>What must never come back.</summary>
    public static TheoryData<string> Abuse =>
    [
        "", " ", "<script>alert(1)</script>", "a<b", "a>b", "\"", "'", "`", "&amp;", "a b", "a\r\nSet-Cookie: x=1", "a\nb", "a\0b", "\u001b[31m", "é", "\u2028", "ａ", "%3Cscript%3E", "{}", "a;b", "a,b",
        new string('x', 257), new string('x', 1_000_000),
    ];

    [Fact]
    public void Metas_question_with_the_verify_token_is_answered_with_its_challenge_as_plain_text()
    {
        var answer = Ask("meta", "hub.mode=subscribe&hub.verify_token=a%20token+of%20ours&hub.challenge=1158201444")!;
        Assert.Equal((200, "text/plain; charset=utf-8", "1158201444"), (answer.StatusCode, answer.ContentType, Text(answer)));
        Assert.Empty(answer.Headers);
    }

    [Attack("A17")]
    [Theory]
    [InlineData("hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=a%20token%20of%20our&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours%20&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=A%20TOKEN%20OF%20OURS&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=wrong&hub.verify_token=a%20token%20of%20ours&hub.challenge=1")]
    [InlineData("hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours&hub.verify_token=wrong&hub.challenge=1")]
    public void Metas_question_with_another_token_is_refused_and_nothing_of_it_comes_back(string query)
    {
        var answer = Ask("meta", query)!;
        Assert.Equal((403, "verify token refused"), (answer.StatusCode, Text(answer)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_verify_token_no_token_is_the_right_one(string? token)
    {
        foreach (var given in new[] { "", "null", "undefined", "x" })
            Assert.Equal(403, Ask("meta", $"hub.mode=subscribe&hub.verify_token={given}&hub.challenge=1", Settings with { VerifyToken = token })!.StatusCode);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "hub.challenge=1&hub.verify_token=a%20token%20of%20ours")]
    [InlineData("GET", "hub.mode=unsubscribe&hub.verify_token=a%20token%20of%20ours&hub.challenge=1")]
    [InlineData("POST", "hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours&hub.challenge=1")]
    [InlineData("PUT", "hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours&hub.challenge=1")]
    [InlineData("HEAD", "hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours&hub.challenge=1")]
    public void Anything_else_is_no_question_of_metas(string method, string query) => Assert.Null(Ask("meta", query, method: method));

    [Attack("A17")]
    [Theory, MemberData(nameof(Abuse))]
    public void Meta_gets_no_challenge_back_that_is_more_than_a_challenge(string challenge) =>
        Assert.Null(Ask("meta", $"hub.mode=subscribe&hub.verify_token=a%20token%20of%20ours&hub.challenge={Escaped(challenge)}"));

    [Fact]
    public void Dropboxs_question_is_answered_with_its_challenge_as_plain_text()
    {
        var answer = Ask("dropbox", "challenge=VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB")!;
        Assert.Equal((200, "text/plain; charset=utf-8", "VnuOt4CaTRmHDk-mbFcj_VEIHrKJOWIzMBXqTSj3tB"), (answer.StatusCode, answer.ContentType, Text(answer)));
    }

    [Attack("A17")]
    [Theory, MemberData(nameof(Abuse))]
    public void Dropbox_gets_no_challenge_back_that_is_more_than_a_challenge(string challenge) => Assert.Null(Ask("dropbox", $"challenge={Escaped(challenge)}"));

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "challenge")]
    [InlineData("GET", "Challenge=a")]
    [InlineData("GET", "xchallenge=a")]
    [InlineData("GET", "challenge=a&challenge=b")]
    [InlineData("POST", "challenge=a")]
    public void Anything_else_is_no_question_of_dropboxs(string method, string query) => Assert.Null(Ask("dropbox", query, method: method));

    [Fact]
    public void Intercom_may_knock_with_head() => Assert.Equal((200, 0), (Ask("intercom", "", method: "HEAD")!.StatusCode, Ask("intercom", "", method: "HEAD")!.Body.Length));

    [Fact]
    public void Asanas_secret_comes_back_in_the_header_it_came_in()
    {
        var answer = Asana("b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81")!;
        Assert.Equal((200, 0), (answer.StatusCode, answer.Body.Length));
        Assert.Equal([new("X-Hook-Secret", "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81")], answer.Headers);
    }

    [Fact]
    public void A_secret_that_asana_brings_signs_nothing()
    {
        var source = SignedSource.Of("asana");
        Assert.NotNull(source.Source.Provider.Greet(source.Sign("{}").Plus("X-Hook-Secret", "brought").Envelope, source.Source.Settings));
        source.Refuses(SignedSource.Of("asana", ("Secrets:0", "brought")).Sign(), SignatureResult.Mismatch);
    }

    [Fact]
    public void A_source_of_asanas_without_secrets_greets_nobody_and_is_offered_one_to_learn()
    {
        Assert.Null(Asana("b537207f20cbfa02", Settings with { Secrets = [] }));
        var offer = Offer("b537207f20cbfa02")!;
        Assert.Equal(("b537207f20cbfa02", 200), (offer.Secret, offer.Answer.StatusCode));
        Assert.Equal([new("X-Hook-Secret", "b537207f20cbfa02")], offer.Answer.Headers);
        Assert.DoesNotContain("b537207f20cbfa02", offer.ToString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Abuse))]
    public void Asana_offers_nothing_that_is_more_than_a_secret(string secret) => Assert.Null(Offer(secret));

    [Fact]
    public void The_secret_of_asanas_documentation_is_no_offer() => Assert.Null(Offer("b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81"));

    [Fact]
    public void Only_a_post_with_one_secret_is_an_offer()
    {
        Assert.Null(Provider("asana").Offer(new SignedRequest([new("X-Hook-Secret", "a")], default).Envelope with { Method = "GET" }));
        Assert.Null(Provider("asana").Offer(new SignedRequest([new("X-Hook-Secret", "a"), new("x-hook-secret", "b")], default).Envelope));
        Assert.Null(Provider("asana").Offer(SignedSource.Of("asana").Sign("{}").Envelope));
    }

    [Fact]
    public void Every_other_sender_offers_nothing()
    {
        foreach (var name in ProviderCatalog.Default.Names.Except(["asana"]))
        {
            Assert.False(Provider(name).OffersSecret, name);
            Assert.Null(Provider(name).Offer(new SignedRequest([new("X-Hook-Secret", "a")], "{}"u8.ToArray()).Envelope));
        }
    }

    [Theory, MemberData(nameof(Abuse))]
    public void Asana_gets_no_header_back_that_is_more_than_a_secret(string secret) => Assert.Null(Asana(secret));

    [Fact]
    public void Two_secrets_are_no_handshake() =>
        Assert.Null(Provider("asana").Greet(new SignedRequest([new("X-Hook-Secret", "a"), new("x-hook-secret", "b")], default).Envelope, Settings));

    [Theory]
    [InlineData("""{"events":[]}""", true)]
    [InlineData("""{"events":[ ]}""", true)]
    [InlineData("""{"events":[{}]}""", false)]
    [InlineData("""{"events":{}}""", false)]
    [InlineData("""{"events":null}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("""[]""", false)]
    [InlineData("", false)]
    public void Asanas_heartbeat_is_answered_and_kept_nowhere(string body, bool isHeartbeat) =>
        Assert.Equal(isHeartbeat, Provider("asana").Handshake(SignedSource.Of("asana").Sign(body).Envelope, Settings) is { StatusCode: 200, Body.Length: 0 });

    [Fact]
    public void Zooms_url_validation_is_answered_with_the_token_and_its_hmac()
    {
        var zoom = SignedSource.Of("zoom");
        var answer = zoom.Source.Provider.Handshake(zoom.Sign(Validation("qgg8vlvZRS6UYooatFL8Aw")).Envelope, zoom.Source.Settings)!;
        Assert.Equal((200, "application/json"), (answer.StatusCode, answer.ContentType));
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal("qgg8vlvZRS6UYooatFL8Aw", json.RootElement.GetProperty("plainToken").GetString());
        Assert.Equal(Convert.ToHexStringLower(HMACSHA256.HashData("a secret of some length"u8, "qgg8vlvZRS6UYooatFL8Aw"u8)), json.RootElement.GetProperty("encryptedToken").GetString());
    }

    [Fact]
    public void Zooms_answer_is_the_same_every_72_hours()
    {
        var zoom = SignedSource.Of("zoom");
        for (var day = 0; day < 30; day += 3)
        {
            var at = SignedSource.Now.AddDays(day);
            var envelope = zoom.Sign(Validation("abc"), at: at).Envelope with { ReceivedAt = at };
            Assert.True(zoom.Source.Verifier!.Verify(envelope, at).IsValid);
            Assert.NotNull(zoom.Source.Provider.Handshake(envelope, zoom.Source.Settings));
        }
    }

    [Fact]
    public void While_zooms_secret_is_rotated_the_one_that_asked_answers()
    {
        var zoom = SignedSource.Of("zoom", ("Secrets:1", "the second secret"));
        var answer = zoom.Source.Provider.Handshake(zoom.Sign(Validation("abc"), secret: 1).Envelope, zoom.Source.Settings)!;
        Assert.Contains(Convert.ToHexStringLower(HMACSHA256.HashData("the second secret"u8, "abc"u8)), Text(answer), StringComparison.Ordinal);
    }

    [Fact]
    public void Zooms_unsigned_question_is_refused_and_gets_no_hmac_even_without_the_check()
    {
        var zoom = SignedSource.Of("zoom");
        var unsigned = zoom.Sign(Validation("abc")).Without("x-zm-signature");
        zoom.Refuses(unsigned, SignatureResult.MissingSignature);
        Assert.Null(zoom.Source.Provider.Handshake(unsigned.Envelope, zoom.Source.Settings));
    }

    [Theory, MemberData(nameof(Abuse))]
    public void Zoom_gets_no_hmac_of_more_than_a_token(string token)
    {
        var zoom = SignedSource.Of("zoom");
        Assert.Null(zoom.Source.Provider.Handshake(zoom.Sign(Validation(token)).Envelope, zoom.Source.Settings));
    }

    [Fact]
    public void Zooms_answer_is_never_the_signature_of_a_webhook()
    {
        var zoom = SignedSource.Of("zoom");
        Assert.Null(zoom.Source.Provider.Handshake(zoom.Sign(Validation("v0:1700000000:{}")).Envelope, zoom.Source.Settings));
        Assert.Null(zoom.Source.Provider.Handshake(zoom.Sign(Validation("v0:1700000000:")).Envelope, zoom.Source.Settings));
    }

    [Theory]
    [InlineData("""{"event":"meeting.started","payload":{"plainToken":"a"}}""")]
    [InlineData("""{"event":"endpoint.url_validation"}""")]
    [InlineData("""{"event":"endpoint.url_validation","plainToken":"a"}""")]
    [InlineData("""{"event":"endpoint.url_validation","payload":{"plainToken":5}}""")]
    [InlineData("""{"payload":{"event":"endpoint.url_validation","plainToken":"a"}}""")]
    [InlineData("endpoint.url_validation")]
    public void Anything_else_of_zooms_is_an_event(string body)
    {
        var zoom = SignedSource.Of("zoom");
        Assert.Null(zoom.Source.Provider.Handshake(zoom.Sign(body).Envelope, zoom.Source.Settings));
    }

    [Fact]
    public void Twitchs_signed_verification_is_answered_with_its_challenge_as_plain_text()
    {
        var (source, request) = Twitch("pogchamp-kappa-360noscope-vohiyo");
        source.Accepts(request);
        var answer = source.Source.Provider.Handshake(request.Envelope, source.Source.Settings)!;
        Assert.Equal((200, "text/plain; charset=utf-8", "pogchamp-kappa-360noscope-vohiyo"), (answer.StatusCode, answer.ContentType, Text(answer)));
        source.Refuses(request.Without("Twitch-Eventsub-Message-Signature"), SignatureResult.MissingSignature);
    }

    [Theory, MemberData(nameof(Abuse))]
    public void Twitch_gets_no_challenge_back_that_is_more_than_a_challenge(string challenge)
    {
        var (source, request) = Twitch(challenge);
        Assert.Null(source.Source.Provider.Handshake(request.Envelope, source.Source.Settings));
    }

    [Fact]
    public void A_challenge_in_a_notification_of_twitchs_is_no_question()
    {
        var (source, request) = Twitch("abc");
        Assert.Null(source.Source.Provider.Handshake(request.With("Twitch-Eventsub-Message-Type", "notification").Envelope, source.Source.Settings));
    }

    [Attack("A17")]
    [Fact]
    public void No_sender_answers_before_the_check_what_it_should_not()
    {
        foreach (var provider in ProviderCatalog.Default.Names)
        {
            foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "OPTIONS", "TRACE", "" })
            {
                var answer = Provider(provider).Greet(new SignedRequest([], Encoding.UTF8.GetBytes(Validation("abc"))) { Method = method, Target = "/api/webhooks/it?a=<b>&=&&x" }.Envelope, Settings);
                // Some answer whoever knocks, with nothing: what was asked never comes back.
                Assert.True(answer is null || answer.Body.IsEmpty || !Encoding.UTF8.GetString(answer.Body.Span).Contains("abc", StringComparison.Ordinal), $"{provider} {method}");
            }
        }
    }

    private static Answer? Ask(string provider, string query, SourceSettings? settings = null, string method = "GET") =>
        Provider(provider).Greet(new SignedRequest([], default) { Method = method, Target = $"/api/webhooks/it?{query}" }.Envelope, settings ?? Settings);

    private static SecretOffer? Offer(string secret) => Provider("asana").Offer(new SignedRequest([new("X-Hook-Secret", secret)], "{}"u8.ToArray()).Envelope);

    private static Answer? Asana(string secret, SourceSettings? settings = null) =>
        Provider("asana").Greet(new SignedRequest([new("X-Hook-Secret", secret)], "{}"u8.ToArray()).Envelope, settings ?? Settings);

    private static (SignedSource Source, SignedRequest Request) Twitch(string challenge)
    {
        var source = SignedSource.Of("twitch");
        return (source, source.Sign($$"""{"challenge":{{JsonSerializer.Serialize(challenge)}},"subscription":{"type":"stream.online"} }""").Plus("Twitch-Eventsub-Message-Type", "webhook_callback_verification"));
    }

    private static string Validation(string token) => $$"""{"payload":{"plainToken":{{JsonSerializer.Serialize(token)}} },"event_ts":1700000000000,"event":"endpoint.url_validation"}""";

    // Every byte escaped, as an attacker may.
    private static string Escaped(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => $"%{value:x2}"));

    private static string Text(Answer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    private static IProvider Provider(string name) => ProviderCatalog.Default.TryGet(name, out var provider) ? provider : throw new ArgumentException(name);
}
