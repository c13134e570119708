namespace Sluice.Contracts.Simulation;

/// <summary>How likely each fault is in one run, drawn from its seed; and how often each has happened.</summary>
internal class Faults<TFault>
    where TFault : struct, Enum
{
    private readonly Dictionary<TFault, double> chances = [];
    private readonly Dictionary<TFault, long> counts = [];
    private readonly Random random;
    private readonly HashSet<TFault> daily;

    /// <param name="ranges">Up to how likely each is; what is not named does not strike but follows from others, and is only counted.</param>
    /// <param name="daily">What happens in a healthy world too.</param>
    protected Faults(Random random, IEnumerable<(TFault Fault, double Most)> ranges, params TFault[] daily)
    {
        (this.random, this.daily) = (random, [.. daily]);
        // Each fault is absent from a third of the runs: what one hides, another run shows.
        foreach (var (fault, most) in ranges) chances[fault] = random.Next(3) == 0 ? 0 : random.NextDouble() * most;
    }

    /// <summary>Off, the world is a healthy one; senders, operators and handlers do as before.</summary>
    public bool AreOn { get; set; } = true;

    public bool Strikes(TFault fault)
    {
        var strikes = random.NextDouble() < chances.GetValueOrDefault(fault) && (AreOn || daily.Contains(fault));
        if (strikes) Count(fault);
        return strikes;
    }

    /// <summary>Keeps these out of the run.</summary>
    public void Spare(params TFault[] faults)
    {
        foreach (var fault in faults) chances[fault] = 0;
    }

    public void Count(TFault fault, int times = 1) => counts[fault] = CountOf(fault) + times;

    public long CountOf(TFault fault) => counts.GetValueOrDefault(fault);
}
