using Sluice.Delivery.Pacing;

namespace Sluice.Core.Tests.Delivery.Pacing;

public sealed class DrainTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(3_600)]
    [InlineData(50_000)]
    [InlineData(1_000_000)]
    public void The_busiest_second_of_a_recovery_is_at_most_three_times_its_mean(int backlog)
    {
        var moments = Drain.Moments(Now, null, Now, DateTimeOffset.MaxValue, backlog).Moments;
        Assert.Equal(backlog, moments.Count);
        var seconds = moments.CountBy(moment => (int)(moment - Now).TotalSeconds).ToDictionary();
        Assert.True(seconds.Values.Max() <= 3.0 * backlog / (seconds.Keys.Max() + 1), $"{seconds.Values.Max()} in the busiest of {seconds.Keys.Max() + 1} seconds for {backlog}");
    }

    [Fact]
    public void It_begins_with_twenty_a_second_and_takes_twenty_more_each_second()
    {
        var seconds = Drain.Moments(Now, null, Now, Now.AddSeconds(3), 1000).Moments.CountBy(moment => (int)(moment - Now).TotalSeconds);
        Assert.Equal([20, 40, 60], seconds.OrderBy(second => second.Key).Select(second => second.Value));
    }

    [Fact]
    public void A_limit_holds_and_what_was_never_stopped_goes_at_once()
    {
        Assert.Equal(10, Drain.Rate(Now, 10, Now.AddHours(1)));
        Assert.Equal(20, Drain.Rate(Now, 100, Now));
        Assert.Equal([Now, Now, Now], Drain.Moments(null, null, Now, Now.AddSeconds(1), 3).Moments);
    }
}
