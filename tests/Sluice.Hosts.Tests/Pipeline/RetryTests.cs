using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>A delivery that fails is tried again at exactly the configured moments, and in the end it is delivered or dead.</summary>
public sealed class RetryTests
{
    private static readonly DateTimeOffset Start = RunningSluice.Start;
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_destination_that_is_well_gets_the_event_at_once()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1);

        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal((1, AttemptOutcome.Done, 200, Start), (attempt.Number, attempt.Outcome, attempt.StatusCode, attempt.StartedAt));
        Assert.Equal((null, null, 1), (delivery.NextAttemptAt, delivery.Reason, sink.Count));
    }

    [Fact]
    public async Task Two_failures_and_a_success_are_three_attempts_at_the_configured_moments()
    {
        await using var sink = await Sink.StartAsync(500, 500, 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();

        Assert.Equal(Start.AddSeconds(5), (await sluice.ToNextAttemptAsync(id, 1)).NextAttemptAt);
        Assert.Equal(Start.AddSeconds(25), (await sluice.ToNextAttemptAsync(id, 2)).NextAttemptAt);
        var delivery = await sluice.UntilAsync(id, DeliveryStatus.Delivered, 3);
        Assert.Equal(
            [(1, AttemptOutcome.Retry, 500, Start), (2, AttemptOutcome.Retry, 500, Start.AddSeconds(5)), (3, AttemptOutcome.Done, 200, Start.AddSeconds(25))],
            delivery.Attempts.Select(attempt => (attempt.Number, attempt.Outcome, attempt.StatusCode ?? 0, attempt.StartedAt)));
        Assert.Equal(["1", "2", "3"], sink.Requests.Select(request => request.Headers["Sluice-Attempt"]));
    }

    [Fact]
    public async Task Before_its_moment_there_is_no_attempt()
    {
        await using var sink = await Sink.StartAsync(500, 200);
        await using var other = await Sink.StartAsync(500, 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("billing", sink.Url, Only("invoice.paid")).Destination("other", other.Url, Only("other")));
        var neighbour = await sluice.AcceptAsync(sluice.Stripe("evt_2", "other"));
        await sluice.UntilAsync(neighbour, DeliveryStatus.Retrying, 1, "other");
        sluice.Time.Advance(Moment);
        var id = await sluice.AcceptAsync();
        var due = (await sluice.UntilAsync(id, DeliveryStatus.Retrying, 1)).NextAttemptAt!.Value;

        // The neighbour is due a moment earlier: whoever looks for it then must leave this one alone.
        await sluice.ToNextAttemptAsync(neighbour, 1, "other");
        Assert.Equal(due - Moment, (await sluice.UntilAsync(neighbour, DeliveryStatus.Delivered, 2, "other")).Attempts[1].StartedAt);
        Assert.Equal((1, DeliveryStatus.Retrying), (sink.Count, (await sluice.DeliveryAsync(id)).Status));

        sluice.Time.Advance(Moment);
        Assert.Equal(due, (await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2)).Attempts[1].StartedAt);
    }

    [Fact]
    public async Task One_that_always_fails_is_dead_after_the_last_attempt_and_says_why()
    {
        await using var sink = await Sink.StartAsync(new Reply(500, Text: "out of order"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.DieAsync(await sluice.AcceptAsync());

        Assert.Equal("answered 500: out of order (attempt 3 of 3)", delivery.Reason);
        Assert.Null(delivery.NextAttemptAt);
        sluice.Time.Advance(TimeSpan.FromDays(1));
        await sluice.UntilAsync(async () => (await sluice.GetAsync("/api/health/ready")).Status == 200);
        Assert.Equal(3, sink.Count);
        Assert.Equal(1, (await sluice.StatsAsync()).DeadLettered);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(422)]
    public async Task A_refusal_for_good_is_dead_at_once(int status)
    {
        await using var sink = await Sink.StartAsync(status);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1);

        Assert.Equal((AttemptOutcome.DeadLetter, status), (delivery.Attempts[0].Outcome, delivery.Attempts[0].StatusCode));
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task A_passing_fault_is_tried_again(int status)
    {
        await using var sink = await Sink.StartAsync(status, 200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.ToNextAttemptAsync(id, 1);

        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_what_to_do()
    {
        await using var elsewhere = await Sink.StartAsync(200);
        await using var sink = await Sink.StartAsync(new Reply(302, Location: elsewhere.Url.ToString()));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1);

        Assert.Equal("answered 302; redirects are not followed, so set Url to the final address", delivery.Reason);
        Assert.Equal(0, elsewhere.Count);
    }

    [Fact]
    public async Task A_destination_that_is_not_there_is_tried_again()
    {
        Uri nobody;
        await using (var gone = await Sink.StartAsync(200)) nobody = gone.Url;
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", nobody));
        var delivery = await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Retrying, 1);

        Assert.Contains("refused", delivery.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Null(delivery.Attempts[0].StatusCode);
    }

    [Fact]
    public async Task A_destination_may_have_a_schedule_of_its_own()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe
            .Destination("billing", sink.Url, new() { ["Retry"] = new JsonObject { ["MaxAttempts"] = 2, ["BaseDelay"] = "00:07:00" } }));
        var id = await sluice.AcceptAsync();

        Assert.Equal(Start.AddMinutes(7), (await sluice.ToNextAttemptAsync(id, 1)).NextAttemptAt);
        Assert.EndsWith("(attempt 2 of 2)", (await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 2)).Reason);
    }

    private static JsonObject Only(string type) => new() { ["Types"] = new JsonArray(type) };
}
