using Sluice.Delivery;
using Sluice.Events;
using Sluice.Retries;

namespace Sluice.Core.Tests.Retries;

public sealed class RetryPolicyTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
    private static readonly RetryOptions Plain = new() { Jitter = 0 };

    [Fact]
    public void A_done_attempt_is_delivered_whatever_its_number()
    {
        foreach (var attempt in new[] { 1, 11, 12, int.MaxValue })
            Assert.Same(Verdict.Delivered, RetryPolicy.Decide(Outcome.Done, attempt, Plain, Now, 0.5));
    }

    [Fact]
    public void A_dead_letter_is_one_at_once_and_keeps_its_reason() =>
        Assert.Equal(Verdict.DeadLettered("answered 400"), RetryPolicy.Decide(Outcome.DeadLetter("answered 400"), 1, Plain, Now, 0.5));

    [Fact]
    public void A_retry_before_the_last_attempt_is_tried_again_and_keeps_its_reason() =>
        Assert.Equal(Verdict.RetryAt(Now.AddSeconds(5), "answered 500"), RetryPolicy.Decide(Outcome.Retry("answered 500"), 1, Plain, Now, 0.5));

    [Theory]
    [InlineData(10, DeliveryStatus.Retrying)]
    [InlineData(11, DeliveryStatus.DeadLettered)]
    [InlineData(12, DeliveryStatus.DeadLettered)]
    [InlineData(int.MaxValue, DeliveryStatus.DeadLettered)]
    public void After_MaxAttempts_it_is_a_dead_letter(int attempt, DeliveryStatus status) =>
        Assert.Equal(status, RetryPolicy.Decide(Outcome.Retry("x"), attempt, Plain, Now, 0.5).Status);

    [Fact]
    public void The_last_attempts_reason_says_that_it_was_the_last() =>
        Assert.Equal("answered 503 (attempt 11 of 11)", RetryPolicy.Decide(Outcome.Retry("answered 503"), 11, Plain, Now, 0.5).Reason);

    [Fact]
    public void With_one_attempt_allowed_the_first_failure_is_a_dead_letter()
    {
        var once = Plain with { MaxAttempts = 1 };
        Assert.Equal(DeliveryStatus.DeadLettered, RetryPolicy.Decide(Outcome.Retry("x"), 1, once, Now, 0.5).Status);
        Assert.Equal(DeliveryStatus.DeadLettered, RetryPolicy.Decide(Outcome.Unknown("x"), 1, once, Now, 0.5).Status);
    }

    [Fact]
    public void A_first_attempt_of_unknown_end_is_tried_again_at_once() =>
        Assert.Equal(Verdict.RetryAt(Now, "restarted"), RetryPolicy.Decide(Outcome.Unknown("restarted"), 1, Plain, Now, 0.5));

    [Fact]
    public void A_later_attempt_of_unknown_end_waits_like_any_other()
    {
        for (var attempt = 2; attempt < 11; attempt++)
            Assert.Equal(RetryPolicy.Decide(Outcome.Retry("x"), attempt, Plain, Now, 0.5), RetryPolicy.Decide(Outcome.Unknown("x"), attempt, Plain, Now, 0.5));
    }

    [Fact]
    public void Unknown_ends_count_as_attempts() =>
        Assert.Equal(DeliveryStatus.DeadLettered, RetryPolicy.Decide(Outcome.Unknown("x"), 11, Plain, Now, 0.5).Status);

    [Theory]
    [InlineData(60, 60)]
    [InlineData(5, 5)]
    [InlineData(1, 5)]
    [InlineData(0, 5)]
    [InlineData(-1, 5)]
    [InlineData(-1e9, 5)]
    [InlineData(86_399, 86_399)]
    [InlineData(86_401, 86_400)]
    [InlineData(1e9, 86_400)]
    public void A_destinations_wish_is_honoured_up_to_MaxDelay_and_never_shortens_the_delay(double asked, double seconds) =>
        Assert.Equal(Now.AddSeconds(seconds), RetryPolicy.Decide(Outcome.Retry("x", TimeSpan.FromSeconds(asked)), 1, Plain, Now, 0.5).At);

    [Fact]
    public void Absurd_wishes_neither_overflow_nor_turn_negative()
    {
        Assert.Equal(Now.AddDays(1), RetryPolicy.Decide(Outcome.Retry("x", TimeSpan.MaxValue), 1, Plain, Now, 0.5).At);
        Assert.Equal(Now.AddSeconds(5), RetryPolicy.Decide(Outcome.Retry("x", TimeSpan.MinValue), 1, Plain, Now, 0.5).At);
    }

    [Fact]
    public void A_wish_does_not_save_the_last_attempt() =>
        Assert.Equal(DeliveryStatus.DeadLettered, RetryPolicy.Decide(Outcome.Retry("x", TimeSpan.FromSeconds(1)), 11, Plain, Now, 0.5).Status);

    [Theory]
    [InlineData(0, DeliveryStatus.Retrying)]
    [InlineData(3595, DeliveryStatus.Retrying)]
    [InlineData(3596, DeliveryStatus.DeadLettered)]
    [InlineData(7200, DeliveryStatus.DeadLettered)]
    public void No_attempt_is_put_off_beyond_MaxAge(double age, DeliveryStatus status)
    {
        var hour = Plain with { MaxAge = TimeSpan.FromHours(1) };
        var verdict = RetryPolicy.Decide(Outcome.Retry("answered 500"), 1, hour, Now, 0.5, Now.AddSeconds(-age));
        Assert.Equal((status, status == DeliveryStatus.Retrying ? "answered 500" : "older than MaxAge 01:00:00 at its next attempt; answered 500"), (verdict.Status, verdict.Reason));
        Assert.Equal(DeliveryStatus.Retrying, RetryPolicy.Decide(Outcome.Retry("answered 500"), 1, hour, Now, 0.5, receivedAt: null).Status);
        Assert.Equal(DeliveryStatus.Retrying, RetryPolicy.Decide(Outcome.Retry("answered 500"), 1, Plain, Now, 0.5, Now.AddSeconds(-age)).Status);
        Assert.Equal(Verdict.Delivered, RetryPolicy.Decide(Outcome.Done, 1, hour, Now, 0.5, Now.AddSeconds(-age)));
    }

    [Fact]
    public void A_wish_to_be_left_alone_beyond_MaxAge_is_the_end() =>
        Assert.Equal(DeliveryStatus.DeadLettered, RetryPolicy.Decide(Outcome.Retry("x", TimeSpan.FromHours(2)), 1, Plain with { MaxAge = TimeSpan.FromHours(1) }, Now, 0.5, Now).Status);

    [Fact]
    public void The_same_input_gives_the_same_verdict()
    {
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var (attempt, chance) = (random.Next(1, 13), random.NextDouble());
            Assert.Equal(RetryPolicy.Decide(Outcome.Retry("x"), attempt, new(), Now, chance), RetryPolicy.Decide(Outcome.Retry("x"), attempt, new(), Now, chance));
        }
    }
}
