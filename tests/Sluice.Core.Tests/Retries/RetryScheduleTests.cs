using Sluice.Retries;

namespace Sluice.Core.Tests.Retries;

public sealed class RetryScheduleTests
{
    private static readonly RetryOptions Plain = new() { Jitter = 0 };

    [Fact]
    public void The_default_schedule_lasts_three_days_and_a_quarter()
    {
        double[] seconds = [5, 20, 80, 320, 1280, 5120, 20_480, 81_920, 86_400, 86_400];
        Assert.Equal(seconds, Enumerable.Range(1, 10).Select(attempt => RetryPolicy.Delay(attempt, Plain, 0.5).TotalSeconds));
        Assert.Equal(3.26, TimeSpan.FromSeconds(seconds.Sum()).TotalDays, 0.005);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0.5, 5)]
    [InlineData(0.9999999, 6)]
    public void Jitter_is_plus_or_minus_a_fifth(double random, double seconds) =>
        Assert.Equal(seconds, RetryPolicy.Delay(1, new(), random).TotalSeconds, 0.0001);

    [Fact]
    public void Jitter_never_leads_beyond_MaxDelay() => Assert.Equal(TimeSpan.FromDays(1), RetryPolicy.Delay(9, new(), 0.9999999));

    [Fact]
    public void Every_delay_is_within_its_jitter_and_its_cap()
    {
        var random = new Random(20261122);
        for (var i = 0; i < 20_000; i++)
        {
            var options = Any(random);
            var (attempt, chance) = (random.Next(1, options.MaxAttempts + 1), random.NextDouble());
            var (delay, plain) = (RetryPolicy.Delay(attempt, options, chance), RetryPolicy.Delay(attempt, options with { Jitter = 0 }, chance));
            Assert.InRange(delay, TimeSpan.Zero, options.MaxDelay);
            Assert.InRange(delay.TotalSeconds, (plain.TotalSeconds * (1 - options.Jitter)) - 1e-3, (plain.TotalSeconds * (1 + options.Jitter)) + 1e-3);
        }
    }

    [Fact]
    public void Without_jitter_no_delay_is_shorter_than_the_one_before()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var options = Any(random) with { Jitter = 0 };
            var last = TimeSpan.Zero;
            for (var attempt = 1; attempt <= options.MaxAttempts; attempt++)
            {
                var delay = RetryPolicy.Delay(attempt, options, random.NextDouble());
                Assert.True(delay >= last, $"{options}: attempt {attempt} waits {delay} after {last}");
                last = delay;
            }
        }
    }

    [Fact]
    public void A_larger_random_number_never_shortens_a_delay()
    {
        var random = new Random(2);
        for (var i = 0; i < 5000; i++)
        {
            var options = Any(random);
            var attempt = random.Next(1, options.MaxAttempts + 1);
            double[] chances = [random.NextDouble(), random.NextDouble()];
            Assert.True(RetryPolicy.Delay(attempt, options, chances.Min()) <= RetryPolicy.Delay(attempt, options, chances.Max()));
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(int.MaxValue)]
    public void The_thousandth_attempt_waits_MaxDelay_and_no_longer(int attempt)
    {
        Assert.Equal(TimeSpan.FromDays(1), RetryPolicy.Delay(attempt, Plain, 0.5));
        Assert.Equal(TimeSpan.FromDays(1), RetryPolicy.Delay(attempt, Plain with { Factor = 100 }, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(5), RetryPolicy.Delay(attempt, Plain with { Factor = 1 }, 0.5));
    }

    [Fact]
    public void Delays_of_nothing_stay_nothing()
    {
        Assert.Equal(TimeSpan.Zero, RetryPolicy.Delay(1, Plain with { BaseDelay = TimeSpan.Zero }, 0.5));
        Assert.Equal(TimeSpan.Zero, RetryPolicy.Delay(int.MaxValue, Plain with { BaseDelay = TimeSpan.Zero }, 0.5));
        Assert.Equal(TimeSpan.Zero, RetryPolicy.Delay(3, Plain with { MaxDelay = TimeSpan.Zero }, 0.5));
    }

    // Within the bounds that the configuration allows.
    private static RetryOptions Any(Random random) => new()
    {
        MaxAttempts = random.Next(1, 1001),
        BaseDelay = TimeSpan.FromSeconds(random.NextDouble() * random.Next(1, 604_800)),
        MaxDelay = TimeSpan.FromSeconds(random.NextDouble() * 604_800),
        Factor = 1 + (random.NextDouble() * random.Next(0, 100)),
        Jitter = random.NextDouble(),
    };

    [Fact]
    public void Delays_that_are_named_are_waited_for_in_their_order()
    {
        var listed = new RetryOptions { Jitter = 0, Delays = [TimeSpan.FromSeconds(3), TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)] };
        Assert.Equal(listed.Delays, Enumerable.Range(1, 3).Select(attempt => RetryPolicy.Delay(attempt, listed, 0.5)));
        Assert.Equal(TimeSpan.FromMinutes(1), RetryPolicy.Delay(1000, listed, 0.5));
    }
}
