using Sluice.Delivery;

namespace Sluice.Core.Tests.Delivery.Pacing;

/// <summary>Limits hold over all processes.</summary>
public sealed class LimitTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_processes_share_a_limit_of_ten_a_second_and_use_it(int seed)
    {
        var world = new PacedWorld(seed, 2, static (_, _) => Task.FromResult(Outcome.Done), ("Limits:Rate", "10/s"));
        for (var i = 0; i < 500; i++) world.Book1($"evt_{i}");
        world.RunToTheEnd(TimeSpan.FromMinutes(10));

        DateTimeOffset[] at = [.. world.Attempts.Select(attempt => attempt.At).Order()];
        var most = at.Select((first, i) => at.Skip(i).TakeWhile(next => next - first < TimeSpan.FromSeconds(10)).Count()).Max();
        var average = at.Length / (at[^1] - at[0]).TotalSeconds * 10;
        output.WriteLine($"at most {most} in ten seconds, {average:0.0} on average");
        Assert.InRange(most, 1, 110);
        Assert.True(average >= 90, $"{average:0.0} in the average ten seconds");
        Assert.Equal(500, at.Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_limit_of_three_at_once_holds_over_two_processes_also_when_one_crashes(int seed)
    {
        var (underWay, most) = (0, 0);
        var timeout = TimeSpan.FromSeconds(10);
        var world = new PacedWorld(seed, 2, async (world, _) =>
        {
            most = Math.Max(most, ++underWay);
            // What a process began that has crashed may still be going on at the other end: it is counted until nobody would wait for it.
            var hasEnded = false;
            world.Network.Start(async () =>
            {
                await Task.Delay(timeout, world.Pump.Time);
                if (!hasEnded) underWay--;
            });
            await Task.Delay(TimeSpan.FromSeconds(world.Random.NextDouble() * 4), world.Pump.Time);
            hasEnded = true;
            underWay--;
            return Outcome.Done;
        }, ("Limits:Concurrency", "3"), ("Timeout", "00:00:10"), ("Retry:BaseDelay", "00:00:05"));
        for (var i = 0; i < 100; i++) world.Book1($"evt_{i}");
        world.Run(TimeSpan.FromSeconds(30));
        world.Processes[0].Kill();
        world.Processes.Add(new PacedProcess(world));
        var before = world.Attempts.Count;
        world.Run(TimeSpan.FromMinutes(3));
        Assert.True(world.Attempts.Count > before, "nothing goes any more");
        world.RunToTheEnd(TimeSpan.FromHours(3));
        output.WriteLine($"at most {most} at once, {(world.Attempts[^1].At - world.Attempts[0].At).TotalSeconds:0} s for {world.Attempts.Count} attempts");
        Assert.Equal(3, most);
        Assert.Equal(100, world.Stats.Delivered);
    }
}
