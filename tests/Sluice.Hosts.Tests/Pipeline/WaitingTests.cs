using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>What a destination asks for is honoured, and one that says nothing is not waited for without end.</summary>
public sealed class WaitingTests
{
    private static readonly DateTimeOffset Start = RunningSluice.Start;

    [Fault("F18")]
    [Fact]
    public async Task Retry_after_in_seconds_is_waited_for()
    {
        await using var sink = await Sink.StartAsync(new Reply(429, RetryAfter: "120"), 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();

        Assert.Equal(Start.AddSeconds(120), (await sluice.ToNextAttemptAsync(id, 1)).NextAttemptAt);
        Assert.Equal(Start.AddSeconds(120), (await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2)).Attempts[1].StartedAt);
    }

    [Fault("F18")]
    [Fact]
    public async Task Retry_after_as_a_date_is_waited_for()
    {
        await using var sink = await Sink.StartAsync(new Reply(503, RetryAfter: Start.AddMinutes(10).ToString("R", CultureInfo.InvariantCulture)));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));

        Assert.Equal(Start.AddMinutes(10), (await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1)).NextAttemptAt);
    }

    [Fault("F18")]
    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT")]
    public async Task Retry_after_makes_no_delay_shorter(string retryAfter)
    {
        await using var sink = await Sink.StartAsync(new Reply(429, RetryAfter: retryAfter));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));

        Assert.Equal(Start.AddSeconds(5), (await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1)).NextAttemptAt);
    }

    [Fault("F18")]
    [Theory]
    [InlineData("86400")]
    [InlineData("2147483647")]
    [InlineData("99999999999")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    public async Task Retry_after_is_honoured_up_to_the_longest_delay(string retryAfter)
    {
        await using var sink = await Sink.StartAsync(new Reply(503, RetryAfter: retryAfter), 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("billing", sink.Url, new() { ["Retry"] = new JsonObject { ["MaxDelay"] = "01:00:00" } }));
        var id = await sluice.AcceptAsync();

        Assert.Equal(Start.AddHours(1), (await sluice.ToNextAttemptAsync(id, 1)).NextAttemptAt);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fault("F18")]
    [Fact]
    public async Task One_that_is_gone_is_not_waited_for()
    {
        await using var sink = await Sink.StartAsync(new Reply(410, RetryAfter: "120"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1);

        Assert.Equal(("answered 410", null), (delivery.Reason, delivery.NextAttemptAt));
    }

    [Fact]
    public async Task A_destination_that_never_answers_is_given_up_at_its_timeout()
    {
        await using var sink = await Sink.StartAsync(Reply.Never, 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url, new() { ["Timeout"] = "00:00:07" }));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(() => sink.Count == 1);
        sluice.Time.Advance(TimeSpan.FromSeconds(7) - TimeSpan.FromMilliseconds(1));
        Assert.Empty((await sluice.DeliveryAsync(id)).Attempts);
        sluice.Time.Advance(TimeSpan.FromMilliseconds(1));

        var delivery = await sluice.ToNextAttemptAsync(id, 1);
        Assert.Equal((AttemptOutcome.Retry, "no answer within 7 s", TimeSpan.FromSeconds(7)), (delivery.Attempts[0].Outcome, delivery.Reason, delivery.Attempts[0].Duration));
        Assert.Equal(Start.AddSeconds(12), (await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2)).Attempts[1].StartedAt);
    }

    [Fact]
    public async Task Without_a_setting_the_timeout_is_thirty_seconds()
    {
        await using var sink = await Sink.StartAsync(Reply.Never);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(() => sink.Count == 1);
        sluice.Time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("no answer within 30 s", (await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1)).Reason);
    }

    [Fact]
    public async Task While_one_destination_hangs_the_others_get_their_events()
    {
        await using var hanging = await Sink.StartAsync(Reply.Never);
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", hanging.Url).Destination("audit", well.Url));
        for (var i = 0; i < 20; i++) await sluice.AcceptAsync($"evt_{i}");

        await sluice.UntilAsync(() => well.Count == 20);
        await sluice.UntilAsync(async () => await sluice.StatsAsync() is { Delivered: 20, Pending: 20 });
    }

    [Fact]
    public async Task A_large_answer_is_cut_and_its_control_characters_command_nobody()
    {
        await using var sink = await Sink.StartAsync(new Reply(500, Text: "\u001b[31mred\r\nline" + new string('x', 1_000_000)));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1);

        Assert.StartsWith("answered 500: ?[31mred??linexxx", delivery.Reason);
        Assert.InRange(delivery.Reason!.Length, 100, 300);
    }
}
