using System.Diagnostics;
using System.Globalization;
using Sluice.Contracts.Simulation;

namespace Sluice.Core.Tests.Simulation;

/// <summary>The core in a world of faults: whatever the seed, every promise holds at every quiet point.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 1000;

    [Fact]
    public void Every_promise_holds_at_every_quiet_point_whatever_fails()
    {
        var counts = new long[Enum.GetValues<Fault>().Length];
        var (steps, unheard, started) = (0L, 0L, Stopwatch.GetTimestamp());
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var world = Run(seed);
            steps += world.Pump.Steps;
            unheard += world.Ledger.Unheard;
            foreach (var fault in Enum.GetValues<Fault>()) counts[(int)fault] += world.Faults.CountOf(fault);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Seeds} seeds, {steps} steps, {seconds:0.0} s, {Seeds / seconds:0} seeds/s"));
        output.WriteLine($"{unheard} deliveries died without a call of their handler");
        foreach (var fault in Enum.GetValues<Fault>()) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fault,-20} {counts[(int)fault],9}"));
        Assert.DoesNotContain(Enum.GetValues<Fault>(), fault => counts[(int)fault] == 0);
    }

    /// <summary>To look at one run: <c>SLUICE_SEED=42 dotnet test --filter FullyQualifiedName~gives_the_same_run</c>.</summary>
    [Fact]
    public void One_seed_gives_the_same_run_every_time()
    {
        int[] seeds = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SEED"), out var asked) ? [asked] : [1, 7, 42, 99, 1234];
        foreach (var seed in seeds)
        {
            var first = Traced(seed, Build.Whole);
            var second = Traced(seed, Build.Whole);
            Assert.Equal(first.Trace.Lines, second.Trace.Lines);
            Assert.True(first.Trace.Lines.Count > 50, "the trace says too little");
            if (seed == asked) output.WriteLine(first.Trace.Tail(int.MaxValue));
        }

        Assert.NotEqual(Traced(1, Build.Whole).Trace.Lines, Traced(2, Build.Whole).Trace.Lines);
    }

    private static World Run(int seed)
    {
        var world = new World(seed, Build.Whole, isTraced: false);
        world.Run();
        if (world.Breaches.Count > 0) Assert.Fail(Tell(Traced(seed, Build.Whole)));
        return world;
    }

    internal static World Traced(int seed, Build build)
    {
        var world = new World(seed, build, isTraced: true);
        world.Run();
        return world;
    }

    private static string Tell(World world) =>
        $"seed {world.Seed}, {world.Build.Name}:\n{string.Join('\n', world.Breaches)}\n\nthe end of its trace (SLUICE_SEED={world.Seed} shows all of it):\n{world.Trace.Tail(120)}";
}
