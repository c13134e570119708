using System.Diagnostics;
using System.Globalization;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Simulation;

/// <summary>A thousand order keys in a world of faults.</summary>
public sealed class OrderTests(ITestOutputHelper output)
{
    [Theory]
    [Fault("F14")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Of_each_of_1000_order_keys_what_arrives_is_in_the_order_of_keeping_whatever_fails(int seed)
    {
        var started = Stopwatch.GetTimestamp();
        var world = new World(seed, Build.Whole, isTraced: false, Load.ManyKeys);
        world.Run();

        Assert.Empty(world.Breaches);
        var (lines, longest) = world.Ledger.Lines;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines} keys, at most {longest} events each, {world.Pump.Steps} steps, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
        foreach (var fault in Enum.GetValues<Fault>()) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{fault,-20} {world.Faults.CountOf(fault),9}"));
        Assert.InRange(lines, 950, 1000);
        Assert.True(longest > 5, "the lines were too short to be out of order");
    }
}
