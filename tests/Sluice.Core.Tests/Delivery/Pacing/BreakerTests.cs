using Sluice.Configuration;
using Sluice.Delivery.Pacing;

namespace Sluice.Core.Tests.Delivery.Pacing;

public sealed class BreakerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly BreakerOptions Options = new() { Failures = 3, Pause = TimeSpan.FromSeconds(15), MaxPause = TimeSpan.FromSeconds(50) };
    private static readonly Probe First = new(7, Now.AddSeconds(75));

    [Fact]
    public void A_closed_one_opens_for_its_pause_and_only_once()
    {
        var opened = Breaker.Closed.Opened(Options, Now)!;
        Assert.Equal(BreakerState.Open, opened.At(Now, Options));
        Assert.Equal(BreakerState.Open, opened.At(Now.AddSeconds(14.999), Options));
        Assert.Equal(BreakerState.HalfOpen, opened.At(Now.AddSeconds(15), Options));
        Assert.Null(opened.Opened(Options, Now.AddSeconds(1)));
    }

    [Fact]
    public void Half_open_gives_one_probe_until_its_lease_is_over()
    {
        var opened = Breaker.Closed.Opened(Options, Now)!;
        Assert.Null(opened.Probing(First, Options, Now.AddSeconds(14)));
        var probing = opened.Probing(First, Options, Now.AddSeconds(15))!;
        Assert.Equal(BreakerState.Probing, probing.At(Now.AddSeconds(74), Options));
        Assert.Null(probing.Probing(new(8, Now.AddSeconds(100)), Options, Now.AddSeconds(74)));
        Assert.NotNull(probing.Probing(new(8, Now.AddSeconds(135)), Options, Now.AddSeconds(75)));
    }

    [Fact]
    public void A_probe_that_fails_opens_for_twice_as_long_up_to_the_longest()
    {
        var (breaker, now) = (Breaker.Closed.Opened(Options, Now)!, Now);
        foreach (var seconds in new[] { 30, 50, 50 })
        {
            now = breaker.Until!.Value;
            breaker = breaker.Probing(First with { Until = now.AddMinutes(1) }, Options, now)!.FailedAgain(7, Options, now.AddSeconds(2))!;
            Assert.Equal(now.AddSeconds(2 + seconds), breaker.Until);
            Assert.Equal(BreakerState.Open, breaker.At(now.AddSeconds(2), Options));
        }
    }

    [Fact]
    public void A_probe_that_gets_through_closes_and_says_when()
    {
        var recovered = Breaker.Closed.Opened(Options, Now)!.Probing(First, Options, Now.AddSeconds(15))!.Recovered(7, Now.AddSeconds(16))!;
        Assert.Equal(new Breaker { RecoveredAt = Now.AddSeconds(16) }, recovered);
        Assert.Equal(TimeSpan.FromSeconds(15), recovered.Opened(Options, Now.AddHours(1))!.Pause);
    }

    [Fact]
    public void What_comes_of_a_probe_that_another_has_followed_changes_nothing()
    {
        var second = Breaker.Closed.Opened(Options, Now)!.Probing(First, Options, Now.AddSeconds(15))!.Probing(new(8, Now.AddSeconds(200)), Options, Now.AddSeconds(80))!;
        Assert.Null(second.Recovered(7, Now));
        Assert.Null(second.FailedAgain(7, Options, Now));
        Assert.Null(second.GivenBack(7));
        Assert.Equal(BreakerState.HalfOpen, second.GivenBack(8)!.At(Now.AddSeconds(81), Options));
    }

    [Fact]
    public void A_clock_that_was_set_back_leaves_nothing_open_for_long()
    {
        var opened = Breaker.Closed.Opened(Options, Now)!;
        Assert.Equal(BreakerState.HalfOpen, opened.At(Now.AddHours(-1), Options));
    }
}
