using System.Text;
using Sluice.Contracts;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery;

/// <summary>What a destination gets.</summary>
public sealed class HttpRequestTests : IDisposable
{
    private static readonly string[] Everything = ["*"];

    private readonly Poster poster = new();

    public void Dispose() => poster.Dispose();

    [Fact]
    public async Task A_webhook_is_posted_with_its_bytes_its_content_type_and_sluices_headers()
    {
        var body = Encoding.UTF8.GetBytes("\uFEFF{ \"a\" : \"é\" }\r\n").Concat(new byte[] { 0, 0xff, 0xfe }).ToArray();
        var webhook = Poster.With(("content-type", "application/json; charset=UTF-8")) with { Body = body };
        var lines = await poster.SentAsync(webhook, attempt: 7);
        Assert.Equal("POST /hooks?x=1 HTTP/1.1", lines[0]);
        Assert.Equal(
            [
                $"Content-Length: {body.Length}",
                "Content-Type: application/json; charset=UTF-8",
                "Sluice-Attempt: 7",
                $"Sluice-Delivery: {webhook.Id}/billing",
                $"Sluice-Event: {webhook.Id}",
                "Sluice-Hops: 1",
                "Sluice-Source: shop",
                "Sluice-Type: orders/create",
            ],
            lines[1..].Where(line => !line.StartsWith("Host: 127.0.0.1:", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task A_body_of_any_size_arrives_to_the_byte(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        await poster.SentAsync(Poster.Webhook with { Body = body });
    }

    [Fact]
    public async Task A_webhook_without_content_type_gets_none() =>
        Assert.DoesNotContain(await poster.SentAsync(Poster.With()), line => line.StartsWith("Content-Type", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("text/plain;;;")]
    [InlineData("not a type")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_content_type_is_passed_on_as_it_came(string type) =>
        Assert.Contains($"Content-Type: {type}", await poster.SentAsync(Poster.With(("Content-Type", type))));

    [Attack("A33")]
    [Fact]
    public async Task The_senders_headers_on_the_allow_list_are_passed_on_and_no_others()
    {
        var webhook = Poster.With(("X-GitHub-Event", "push"), ("x-github-delivery", "1"), ("X-Hub-Signature-256", "sha256=0"), ("X-Other", "no"), ("User-Agent", "no"));
        var lines = await poster.SentAsync(webhook, ["X-GitHub-*", "x-hub-signature-256"]);
        Assert.Equal(["X-GitHub-Event: push", "X-Hub-Signature-256: sha256=0", "x-github-delivery: 1"], lines.Where(line => line.StartsWith("x-", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains(": no", StringComparison.Ordinal));
    }

    [Attack("A33")]
    [Theory]
    [InlineData("Authorization")]
    [InlineData("authorization")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Connection")]
    [InlineData("Cookie")]
    [InlineData("Set-Cookie")]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("Expect")]
    [InlineData("Content-Length")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Disposition")]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-FORWARDED-HOST")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Original-URL")]
    [InlineData("Sluice-Event")]
    [InlineData("sluice-delivery")]
    public async Task Credentials_cookies_routing_and_our_own_names_are_never_passed_on(string name) =>
        Assert.DoesNotContain(await poster.SentAsync(Poster.With((name, "canary")), Everything), line => line.Contains("canary", StringComparison.Ordinal));

    [Attack("A33")]
    [Theory]
    [InlineData("a\r\nX-Evil: canary")]
    [InlineData("a\nX-Evil: canary")]
    [InlineData("a\rX-Evil: canary")]
    [InlineData("a\r\n\r\nGET /canary HTTP/1.1\r\n\r\n")]
    [InlineData("a\r\n canary")]
    [InlineData("a\0canary")]
    public async Task A_value_with_a_line_end_is_not_passed_on(string value)
    {
        var lines = await poster.SentAsync(Poster.With(("X-Kept", value), ("Content-Type", value), ("X-Good", "1")), Everything);
        Assert.DoesNotContain(lines, line => line.Contains("canary", StringComparison.Ordinal));
        Assert.Contains("X-Good: 1", lines);
    }

    [Theory]
    [InlineData("X-Kept")]
    [InlineData("Content-Type")]
    public async Task A_value_beyond_ascii_does_not_stop_the_delivery(string name)
    {
        // Kestrel reads header values as UTF-8, so these arrive; most of them are somebody's name.
        var lines = await poster.SentAsync(Poster.With((name, "text/é☕"), ("X-Good", "1")), Everything);
        Assert.Contains("X-Good: 1", lines);
    }

    [Theory]
    [InlineData("orders/create", "orders/create")]
    [InlineData("a b", "a b")]
    [InlineData("bestellung/größe", "bestellung%2Fgr%C3%B6%C3%9Fe")]
    [InlineData("☕", "%E2%98%95")]
    [InlineData("a\r\nX-Evil: 1", "a%0D%0AX-Evil%3A%201")]
    public async Task A_type_beyond_printable_ascii_is_percent_encoded(string type, string sent) =>
        Assert.Contains($"Sluice-Type: {sent}", await poster.SentAsync(Poster.Webhook with { Type = type }));

    [Attack("A32")]
    [Theory]
    [InlineData(null, "1")]
    [InlineData("1", "2")]
    [InlineData("4", "5")]
    [InlineData("5", "6")]
    [InlineData("2147483647", "6")]
    [InlineData("-1", "1")]
    [InlineData("many", "1")]
    public async Task Every_round_through_sluice_is_counted(string? came, string goes)
    {
        var lines = await poster.SentAsync(came is null ? Poster.Webhook : Poster.With(("Sluice-Hops", came)));
        Assert.Contains($"Sluice-Hops: {goes}", lines);
    }

    [Fact]
    public async Task A_header_that_came_twice_is_passed_on_twice()
    {
        var lines = await poster.SentAsync(Poster.With(("X-A", "1"), ("X-A", "2")), Everything);
        Assert.Equal(["1", "2"], lines.Where(line => line.StartsWith("X-A: ", StringComparison.Ordinal)).SelectMany(line => line[5..].Split(", ")));
    }

    [Fact]
    public async Task The_idempotency_key_is_the_same_over_all_attempts()
    {
        await using var destination = LoopbackDestination.Answering("503 Busy");
        for (var attempt = 1; attempt <= 3; attempt++) await poster.PostAsync(destination.Url, attempt: attempt);
        var keys = destination.Requests.Select(request => request.Head.Split("\r\n").Single(line => line.StartsWith("Sluice-Delivery: ", StringComparison.Ordinal)));
        Assert.Single(keys.Distinct());
        Assert.Equal(["1", "2", "3"], destination.Requests.Select(request => request.Head.Split("Sluice-Attempt: ")[1][..1]));
    }
}
