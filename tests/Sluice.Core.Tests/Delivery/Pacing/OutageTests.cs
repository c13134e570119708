using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery.Pacing;

/// <summary>Fault F17: a destination is down for an hour while an event comes each second.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly (string, string)[] Retries = [("Retry:BaseDelay", "00:00:05"), ("Retry:Factor", "4"), ("Retry:MaxAttempts", "11"), ("Retry:Jitter", "0.2")];

    [Fact]
    public void F17_without_a_breaker_every_attempt_begins_within_a_tenth_of_its_delay()
    {
        var world = new PacedWorld(1, 2, AnswerAsync, [.. Retries]);
        world.BookEvery(TimeSpan.FromSeconds(1), 3600);
        world.Run(Hour);
        world.RunToTheEnd(TimeSpan.FromHours(8));

        PacedAttempt[] again = [.. world.Attempts.Where(attempt => attempt.Number > 1)];
        var late = again.Max(attempt => (attempt.At - attempt.MeantFor!.Value) / (attempt.MeantFor.Value - attempt.After!.Value));
        output.WriteLine($"{again.Length} attempts, the latest by {late:P1} of its delay");
        Assert.All(again, attempt => Assert.True(attempt.At >= attempt.MeantFor));
        Assert.InRange(late, 0, 0.1);
        Assert.Equal(3600, world.Stats.Delivered);
    }

    [Fact]
    public void F17_with_a_breaker_one_probe_is_made_at_a_time_and_the_recovery_is_no_stampede()
    {
        var (underWay, most, probes) = (0, 0, 0);
        DateTimeOffset? back = null;
        var world = new PacedWorld(2, 3, async (world, context) =>
        {
            var isDown = world.Now < PacedWorld.Start + Hour;
            // Those that were under way when it opened are none.
            var isProbe = isDown && world.Now > PacedWorld.Start.AddMinutes(2);
            if (isProbe) (most, probes, underWay) = (Math.Max(most, underWay + 1), probes + 1, underWay + 1);
            await Task.Delay(TimeSpan.FromSeconds(isDown ? 3 : 0.1), world.Pump.Time);
            if (isProbe) underWay--;
            if (!isDown) back ??= world.Now;
            return isDown ? Outcome.Retry("answered 503") : Outcome.Done;
        }, [.. Retries, ("Breaker:Failures", "10")]);
        world.BookEvery(TimeSpan.FromSeconds(1), 3600);
        world.Run(Hour);
        var tried = world.Attempts.Select(attempt => attempt.Event).ToHashSet();
        var attempts = world.Attempts.Count;
        world.RunToTheEnd(TimeSpan.FromHours(8));

        Assert.Equal(3600, world.Stats.Delivered);
        Assert.Equal(1, most);
        Assert.InRange(probes, 10, 40);
        Assert.True(attempts < 100, $"{attempts} attempts while it was down");
        // The backlog: what had not been tried before goes by the ramp alone, the rest by its own schedule too.
        int[] seconds = [.. world.Attempts.Where(attempt => attempt.At >= back && !tried.Contains(attempt.Event)).GroupBy(attempt => (int)(attempt.At - back!.Value).TotalSeconds).OrderBy(second => second.Key).SelectMany(second => new[] { second.Key, second.Count() })];
        var (length, busiest) = (seconds[^2] + 1, seconds.Where((_, i) => i % 2 == 1).Max());
        var mean = seconds.Where((_, i) => i % 2 == 1).Sum() / (double)length;
        output.WriteLine($"{attempts} attempts and {probes} probes while it was down; then {length} s, {mean:0.0} a second and {busiest} in the busiest");
        Assert.True(busiest <= 3 * mean);
    }

    private static Task<Outcome> AnswerAsync(PacedWorld world, DeliveryContext context) =>
        Task.FromResult(world.Now < PacedWorld.Start + Hour ? Outcome.Retry("answered 503") : Outcome.Done);
}
