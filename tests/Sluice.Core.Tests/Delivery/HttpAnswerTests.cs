using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Delivery;

/// <summary>What a destination's answer means.</summary>
public sealed class HttpAnswerTests : IDisposable
{
    private readonly Poster poster = new();

    public void Dispose() => poster.Dispose();

    [Theory]
    [InlineData("200 OK", AttemptOutcome.Done)]
    [InlineData("201 Created", AttemptOutcome.Done)]
    [InlineData("202 Accepted", AttemptOutcome.Done)]
    [InlineData("299 Fine", AttemptOutcome.Done)]
    [InlineData("400 Bad Request", AttemptOutcome.DeadLetter)]
    [InlineData("401 Unauthorized", AttemptOutcome.DeadLetter)]
    [InlineData("403 Forbidden", AttemptOutcome.DeadLetter)]
    [InlineData("404 Not Found", AttemptOutcome.DeadLetter)]
    [InlineData("405 Method Not Allowed", AttemptOutcome.DeadLetter)]
    [InlineData("407 Proxy Authentication Required", AttemptOutcome.DeadLetter)]
    [InlineData("410 Gone", AttemptOutcome.DeadLetter)]
    [InlineData("413 Too Large", AttemptOutcome.DeadLetter)]
    [InlineData("499 Closed", AttemptOutcome.DeadLetter)]
    [InlineData("408 Request Timeout", AttemptOutcome.Retry)]
    [InlineData("425 Too Early", AttemptOutcome.Retry)]
    [InlineData("429 Too Many Requests", AttemptOutcome.Retry)]
    [InlineData("500 Internal Server Error", AttemptOutcome.Retry)]
    [InlineData("501 Not Implemented", AttemptOutcome.Retry)]
    [InlineData("502 Bad Gateway", AttemptOutcome.Retry)]
    [InlineData("503 Service Unavailable", AttemptOutcome.Retry)]
    [InlineData("504 Gateway Timeout", AttemptOutcome.Retry)]
    [InlineData("599 Whatever", AttemptOutcome.Retry)]
    [InlineData("999 Whatever", AttemptOutcome.Retry)]
    public async Task A_status_decides(string status, AttemptOutcome kind)
    {
        await using var destination = LoopbackDestination.Answering(status, "the answer");
        var outcome = await poster.PostAsync(destination.Url);
        Assert.Equal((kind, int.Parse(status[..3], System.Globalization.CultureInfo.InvariantCulture)), (outcome.Kind, outcome.StatusCode));
        Assert.Equal(kind == AttemptOutcome.Done ? null : $"answered {status[..3]}: the answer", outcome.Reason);
        Assert.Single(destination.Requests);
    }

    [Theory]
    [InlineData("410 Gone", true)]
    [InlineData("404 Not Found", false)]
    [InlineData("500 Internal Server Error", false)]
    [InlineData("200 OK", false)]
    public async Task Gone_disables_the_destination_and_nothing_else_does(string status, bool disables)
    {
        await using var destination = LoopbackDestination.Answering(status, "the answer");
        Assert.Equal(disables, (await poster.PostAsync(destination.Url)).Disables);
    }

    [Theory]
    [InlineData("404 Not Found", AttemptOutcome.Done, null, false)]
    [InlineData("302 Found", AttemptOutcome.Done, null, false)]
    [InlineData("409 Conflict", AttemptOutcome.Retry, "answered 409: the answer", false)]
    [InlineData("410 Gone", AttemptOutcome.DeadLetter, "answered 410: the answer", false)]
    [InlineData("451 Unavailable", AttemptOutcome.DeadLetter, "answered 451: the answer", true)]
    [InlineData("501 Not Implemented", AttemptOutcome.DeadLetter, "answered 501: the answer", false)]
    [InlineData("202 Accepted", AttemptOutcome.Retry, "answered 202: the answer", false)]
    [InlineData("200 OK", AttemptOutcome.Done, null, false)]
    [InlineData("500 Error", AttemptOutcome.Retry, "answered 500: the answer", false)]
    public async Task A_destination_may_have_statuses_of_its_own(string status, AttemptOutcome kind, string? reason, bool disables)
    {
        var rules = StatusRules.With(
        [
            (404, 404, StatusMeaning.Delivered), (302, 302, StatusMeaning.Delivered), (409, 409, StatusMeaning.Retry), (410, 410, StatusMeaning.DeadLetter),
            (451, 451, StatusMeaning.Disable), (501, 501, StatusMeaning.DeadLetter), (202, 202, StatusMeaning.Retry),
        ]);
        await using var destination = LoopbackDestination.Answering(status, "the answer", "Retry-After: 7\r\n");
        var outcome = await poster.PostAsync(destination.Url, settings: settings => settings with { Statuses = rules });
        Assert.Equal((kind, reason, disables), (outcome.Kind, outcome.Reason, outcome.Disables));
        Assert.Equal(kind == AttemptOutcome.Retry ? TimeSpan.FromSeconds(7) : null, outcome.After);
    }

    [Fact]
    public async Task An_answer_without_a_body_is_one()
    {
        await using var destination = new LoopbackDestination(connection => connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"));
        Assert.Equal((AttemptOutcome.Done, 204), ((await poster.PostAsync(destination.Url)).Kind, 204));
    }

    [Attack("A30")]
    [Theory]
    [InlineData("301 Moved")]
    [InlineData("302 Found")]
    [InlineData("303 See Other")]
    [InlineData("304 Not Modified")]
    [InlineData("307 Temporary Redirect")]
    [InlineData("308 Permanent Redirect")]
    public async Task A_redirect_is_never_followed_and_tried_again(string status)
    {
        await using var elsewhere = LoopbackDestination.Answering("200 OK");
        await using var destination = LoopbackDestination.Answering(status, headers: $"Location: {elsewhere.Url}\r\n");
        var outcome = await poster.PostAsync(destination.Url);
        Assert.Equal((AttemptOutcome.Retry, $"answered {status[..3]}; redirects are not followed, so set Url to the final address"), (outcome.Kind, outcome.Reason));
        Assert.Single(destination.Requests);
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("429 Slow Down", "120", 120.0)]
    [InlineData("503 Busy", "120", 120.0)]
    [InlineData("503 Busy", "0", 0.0)]
    [InlineData("503 Busy", "2147483647", 2147483647.0)]
    [InlineData("503 Busy", "Sun, 22 Nov 2026 12:01:00 GMT", 60.0)]
    [InlineData("503 Busy", "Sun, 22 Nov 2026 11:59:00 GMT", -60.0)]
    [InlineData("503 Busy", "Fri, 31 Dec 9999 23:59:59 GMT", 251_606_951_999.0)]
    [InlineData("503 Busy", "2147483648", 922_337_203_685.4775)]
    [InlineData("503 Busy", "99999999999999999999", 922_337_203_685.4775)]
    [InlineData("503 Busy", "-99999999999999999999", null)]
    [InlineData("503 Busy", "99999999999999999999s", null)]
    [InlineData("503 Busy", "-1", null)]
    [InlineData("503 Busy", "1.5", null)]
    [InlineData("503 Busy", "soon", null)]
    [InlineData("503 Busy", "", null)]
    [InlineData("503 Busy", "120, 240", null)]
    public async Task A_wish_to_be_left_alone_is_read_and_nonsense_is_none(string status, string retryAfter, double? seconds)
    {
        await using var destination = LoopbackDestination.Answering(status, headers: $"Retry-After: {retryAfter}\r\n");
        var outcome = await poster.PostAsync(destination.Url);
        Assert.Equal((AttemptOutcome.Retry, seconds), (outcome.Kind, outcome.After?.TotalSeconds));
    }

    [Fact]
    public async Task A_dead_letter_has_no_wish()
    {
        await using var destination = LoopbackDestination.Answering("400 Bad Request", headers: "Retry-After: 120\r\n");
        Assert.Null((await poster.PostAsync(destination.Url)).After);
    }

    [Attack("A34")]
    [Fact]
    public async Task The_start_of_the_answer_is_the_reason_on_one_line_and_bounded()
    {
        await using var destination = LoopbackDestination.Answering("400 Bad Request", "\r\n first\r\nsecond\u001b[31m" + new string('x', 100_000));
        var reason = (await poster.PostAsync(destination.Url)).Reason!;
        Assert.StartsWith("answered 400: first??second?[31mxxx", reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, 100, 220);
    }

    [Fact]
    public async Task Answers_that_announce_others_are_passed_over()
    {
        await using var destination = new LoopbackDestination(connection =>
            connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(AttemptOutcome.Done, (await poster.PostAsync(destination.Url)).Kind);
    }

    [Theory]
    [InlineData("200 OK", "")]
    [InlineData("200 OK", "ok")]
    [InlineData("500 Error", "a usual error page")]
    public async Task A_connection_serves_the_next_delivery_too(string status, string body)
    {
        await using var destination = LoopbackDestination.Answering(status, body);
        for (var i = 0; i < 3; i++) await poster.PostAsync(destination.Url);
        Assert.Equal(1, destination.Connections);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n", "ok")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n", "2\r\nok\r\n0\r\n\r\n")]
    public async Task A_connection_serves_on_after_a_success_whose_body_came_late(string head, string body)
    {
        using var sendBody = new SemaphoreSlim(0);
        using var sent = new SemaphoreSlim(0);
        await using var destination = new LoopbackDestination(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + head);
            await sendBody.WaitAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync(body);
            sent.Release();
        });
        for (var i = 0; i < 20; i++)
        {
            await poster.PostAsync(destination.Url);
            sendBody.Release();
            Assert.True(await sent.WaitAsync(RealTime.Longest, TestContext.Current.CancellationToken), "the answer was not sent in time");
        }

        // Whether the client has read the body when the next delivery begins is a race; that it mostly has is what counts.
        Assert.InRange(destination.Connections, 1, 19);
    }
}
