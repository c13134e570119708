using System.Diagnostics;
using System.Text;
using Sluice.Contracts;
using Sluice.Contracts.Catalogue;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>Whatever strangers and senders put into a request: nothing throws, nothing takes long, and nothing of it comes back as markup.</summary>
public sealed class CatalogueHostileTests
{
    private const int LongestAnswer = 2048;

    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "", "\0", "get"];

    private static readonly string[] Parameters =
        ["hub.challenge", "challenge", "bt_challenge", "validationToken", "validationtoken", "crc_token", "plainToken", "token", "code", "access_token", "hub.mode", "hub.verify_token"];

    private static readonly string[] ChallengeHeaders =
        ["X-Hook-Secret", "X-Okta-Verification-Challenge", "WebHook-Request-Origin", "WebHook-Request-Callback", "WebHook-Request-Rate", "Twitch-Eventsub-Message-Type", "aeg-event-type", "X-Api-Key"];

    private static readonly string[] Reflections =
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "a\r\nSet-Cookie: x=1", "a%0d%0aSet-Cookie:x=1", "\u001b[31m", "\ud800", "é", "{\"a\":1}", "</script>", new('x', 100_000), new('<', 513)];

    private static readonly Dictionary<string, Func<byte[]>> Bodies = new()
    {
        ["nothing"] = () => [],
        ["NULs"] = () => new byte[1000],
        ["a BOM"] = () => Text("\uFEFF{}"),
        ["UTF-16"] = () => Encoding.Unicode.GetBytes("{\"id\":\"x\"}"),
        ["half a surrogate pair"] = () => [.. "{\"id\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8],
        ["null"] = () => Text("null"),
        ["an empty array"] = () => Text("[]"),
        ["an array of nothing"] = () => Text("[null,5,\"x\",[],{},[{}],true]"),
        ["wrong types"] = () => Text("""{"id":{},"type":[],"event":5,"events":{},"data":null,"object":[],"entry":[null,{"changes":5}],"notificationItems":[{"NotificationRequestItem":7}],"value":[{"clientState":{}}],"challenge":{},"payload":[]}"""),
        ["empty lists"] = () => Text("""{"events":[],"entry":[],"notificationItems":[],"value":[],"object":"x"}"""),
        ["null lists"] = () => Text("""{"events":null,"entry":null,"notificationItems":null,"value":null,"live":null}"""),
        ["half an object"] = () => Text("""{"id":"evt_1","type":"x" """),
        ["two objects"] = () => Text("""{"id":"evt_1"}{}"""),
        ["100,000 arrays deep"] = () => Text(new string('[', 100_000) + new string(']', 100_000)),
        ["100,000 objects deep"] = () => Text(string.Concat(Enumerable.Repeat("{\"event\":", 100_000)) + "1" + new string('}', 100_000)),
        ["100,000 open arrays in a list"] = () => Text("{\"events\":" + new string('[', 100_000)),
        ["100,000 keys"] = () => Text("{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"k{i}\":{i}")) + "}"),
        ["100,000 times one key"] = () => Text("{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"id\":\"{i}\"")) + "}"),
        ["100,000 items"] = () => Text("[" + string.Join(',', Enumerable.Repeat("{\"id\":\"x\",\"event\":\"y\"}", 100_000)) + "]"),
        ["100,000 notifications"] = () => Text("{\"notificationItems\":[" + string.Join(',', Enumerable.Repeat("{}", 100_000)) + "]}"),
        ["1 MB string"] = () => Text($$"""{"id":"{{new string('x', 1_000_000)}}","type":"t"}"""),
        ["1 MB number"] = () => Text($$"""{"id":{{new string('9', 1_000_000)}}}"""),
        ["1 MB of escapes"] = () => Text($$"""{"id":"{{string.Concat(Enumerable.Repeat("\\u0041", 170_000))}}","type":"t"}"""),
        ["lone surrogates"] = () => Text("""{"id":"\ud800","type":"t","\ud800":"x"}"""),
        ["1 MB of escapes in a form"] = () => Text("payload=" + string.Concat(Enumerable.Repeat("%41", 330_000))),
        ["100,000 fields"] = () => Text(string.Join('&', Enumerable.Range(0, 100_000).Select(i => $"k{i}={i}"))),
        ["100,000 times one field"] = () => Text(string.Join('&', Enumerable.Repeat("mandrill_events=%5B%5D", 100_000))),
        ["a broken form"] = () => Text("a=%&b=%4&=&&==&%zz=%00&payload&bt_payload=%0A&bt_signature=|&mandrill_events=["),
        ["base64 of nothing"] = () => Text("bt_signature=a%7Cb%26c&bt_payload=" + new string('A', 100_000)),
        ["XML that grows"] = () => Text("""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><notification><kind>&b;</kind></notification>"""),
        ["XML that grows, in a form"] = () => Text("bt_signature=a%7Cb&bt_payload=" + Uri.EscapeDataString(Convert.ToBase64String("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><notification><kind>&a;</kind></notification>"u8))),
    };

    public static TheoryData<string, string> Cases => new(CatalogueTable.Names.SelectMany(name => Bodies.Keys.Select(body => (name, body))));

    [Attack("A18")]
    [Theory, MemberData(nameof(Cases))]
    public async Task A_hostile_body_never_throws_and_takes_no_time(string name, string body)
    {
        var source = CatalogueSource.Of(name);
        var bytes = Bodies[body]();
        var genuine = source.Send();
        await TryAllAsync(source, genuine with { Body = bytes }, $"{body}, unsigned");
        await TryAllAsync(source, genuine with { Body = bytes, Headers = [new("Content-Type", "application/x-www-form-urlencoded")] }, $"{body}, as a form");
        await TryAllAsync(source, genuine with { Body = bytes, Headers = [new("Content-Type", "application/cloudevents-batch+json")] }, $"{body}, as a batch");
    }

    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public async Task Random_bytes_never_throw(string name)
    {
        var random = new Random(20261122);
        var source = CatalogueSource.Of(name);
        var genuine = source.Send();
        string[] pieces =
        [
            "{", "}", "[", "]", ":", ",", "\"id\"", "\"type\"", "\"event\"", "\"events\"", "\"entry\"", "\"changes\"", "\"value\"", "\"challenge\"", "\"url_verification\"", "\"payload\"", "\"notificationItems\"", "\"NotificationRequestItem\"",
            "\"additionalData\"", "\"\\ud800\"", "\"\\u00e9\"", "null", "true", "1e999", "-0", " ", "\n", "\0", "\"", "\\", "é", "&", "=", "%41", "%", "+", "payload=", "mandrill_events=", "bt_payload=", "bt_signature=", "<", ">",
        ];
        for (var i = 0; i < 1500; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => pieces[random.Next(pieces.Length)]));
            await TryAllAsync(source, genuine with { Body = Text(random.Next(2) == 0 ? "{" + body : body) }, body);
        }
    }

    [Attack("A19")]
    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public async Task Odd_headers_never_throw(string name)
    {
        var source = CatalogueSource.Of(name);
        var genuine = source.Send();
        string[] values = ["", "\0", "\r\n", "\u001b[31m", "\ud800", "é", "\u2028", new('x', 100_000), new(',', 100_000), new('=', 100_000), new('.', 100_000), "=", "==", "v1", "t=", "{0}", "${jndi:ldap://x}", "Bearer", "Bearer ", "Basic ", "Basic =", "Bearer a.b.c", "Bearer ..", "-1", "99999999999999999999"];
        string[] names = [.. source.Source.Scheme.HeaderNames, .. source.ProofHeaders, .. ChallengeHeaders, "Content-Type", "Authorization", .. source.Provider.Headers.Select(header => header.Replace("*", "x", StringComparison.Ordinal))];
        foreach (var header in names)
        {
            foreach (var value in values) await TryAllAsync(source, genuine.Without(header).Plus(header, value), $"{header}: {value[..Math.Min(20, value.Length)]}");
            await TryAllAsync(source, genuine.Plus(header, "a").Plus(header.ToUpperInvariant(), "b"), $"{header} twice");
        }

        await TryAllAsync(source, genuine with { Headers = [] }, "no headers");
        await TryAllAsync(source, new CatalogueRequest("", "", [], default), "nothing");
        foreach (var target in new[] { "", "/", "?", "/api/webhooks/it?", "/api/webhooks/it/", "/api/webhooks/it?%", "/api/webhooks/it?=&&=", "*", "http://x/", "/\ud800", "/api/webhooks/it?" + new string('&', 100_000) })
        {
            foreach (var method in Methods) await TryAllAsync(source, genuine with { Method = method, Target = target }, $"{method} {target[..Math.Min(20, target.Length)]}");
        }
    }

    [Attack("A17")]
    [Theory, MemberData(nameof(CatalogueTests.Played), MemberType = typeof(CatalogueTests))]
    public void What_a_question_gets_back_is_short_and_plain(string name)
    {
        var source = CatalogueSource.Of(name);
        foreach (var text in Reflections)
        {
            foreach (var request in Questions(source, text))
            {
                var envelope = request.EnvelopeFor(source.Source);
                Check(source.Provider.Greet(envelope, source.Settings), text);
                Check(source.Provider.Handshake(envelope, source.Settings), text);
            }
        }
    }

    /// <summary>The event that a verified request would be kept as.</summary>
    internal static WebhookEvent Event(Envelope envelope) => new()
    {
        Id = EventId.Of(CatalogueSource.Name, "key"),
        Source = CatalogueSource.Name,
        Type = WebhookEvent.BatchType,
        IdempotencyKey = "key",
        ReceivedAt = envelope.ReceivedAt,
        Headers = envelope.Headers,
        Body = envelope.Body,
    };

    // The known challenges of all senders, whoever is asked: with the right token where one is configured.
    private static IEnumerable<CatalogueRequest> Questions(CatalogueSource source, string text)
    {
        var token = Uri.EscapeDataString(CatalogueTable.Of(source.Provider.Name).Settings.FirstOrDefault(setting => setting.Setting == "VerifyToken").Value ?? source.Send().PathSecret ?? "");
        var escaped = Uri.EscapeDataString(text.Replace("\ud800", "", StringComparison.Ordinal));
        var genuine = source.Send();
        foreach (var method in Methods)
        {
            var asked = genuine with { Method = method, Body = default };
            foreach (var parameter in Parameters)
            {
                yield return asked with { Target = $"{genuine.Path}?hub.mode=subscribe&hub.verify_token={token}&{parameter}={escaped}" };
                yield return asked with { Target = $"{genuine.Path}?hub.mode=subscribe&hub.verify_token={token}&{parameter}={text}" };
            }

            foreach (var header in ChallengeHeaders) yield return asked.Without(header).Plus(header, text);
        }

        var json = text == "\ud800" ? "\\ud800" : System.Text.Json.JsonEncodedText.Encode(text).ToString();
        foreach (var body in new[]
        {
            $$"""{"type":"url_verification","challenge":"{{json}}"}""",
            $$$"""{"challenge":"{{{json}}}","subscription":{"type":"x"}}""",
            $$$"""{"event":"endpoint.url_validation","payload":{"plainToken":"{{{json}}}"},"event_ts":1}""",
            $$$"""[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"{{{json}}}"}}]""",
            $$"""{"type":1,"id":"{{json}}"}""",
            $$"""{"type":0,"id":"{{json}}"}""",
        })
        {
            yield return genuine with { Body = Text(body) };
            yield return genuine.Without("Twitch-Eventsub-Message-Type").Plus("Twitch-Eventsub-Message-Type", "webhook_callback_verification") with { Body = Text(body) };
            yield return genuine.Without("aeg-event-type").Plus("aeg-event-type", "SubscriptionValidation") with { Body = Text(body) };
        }
    }

    private static void Check(Answer? answer, string text)
    {
        if (answer is null) return;
        var said = Encoding.UTF8.GetString(answer.Body.Span);
        Assert.True(answer.Body.Length <= LongestAnswer, $"{answer.Body.Length} bytes");
        Assert.Contains(answer.ContentType.Split(';')[0], (string[])["text/plain", "application/json"]);
        Assert.False(said.Contains('<', StringComparison.Ordinal) && text.Contains('<', StringComparison.Ordinal), $"markup comes back: {said}");
        Assert.DoesNotContain(said, c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
        Assert.All(answer.Headers, header => Assert.DoesNotContain(header.Key + header.Value, c => char.IsControl(c) || c is '<' || c > '~'));
        Assert.All(answer.Headers, header => Assert.True(header.Value.Length <= LongestAnswer));
    }

    private static async Task TryAllAsync(CatalogueSource source, CatalogueRequest request, string what)
    {
        var envelope = request.EnvelopeFor(source.Source);
        var started = Stopwatch.GetTimestamp();
        try
        {
            source.Provider.Greet(envelope, source.Settings);
            await source.CheckAsync(request);
            source.Provider.Handshake(envelope, source.Settings);
            source.Provider.Describe(envelope, source.Settings);
            if (source.Provider.IsBatch(envelope)) source.Provider.Split(Event(envelope));
            source.Provider.Split(Event(envelope));
        }
        catch (Exception e)
        {
            Assert.Fail($"{source.Provider.Name} throws at {what}: {e}");
        }

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2), $"{source.Provider.Name} takes {Stopwatch.GetElapsedTime(started)} for {what}");
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
