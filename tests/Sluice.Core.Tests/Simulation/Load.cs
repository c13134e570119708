namespace Sluice.Core.Tests.Simulation;

/// <summary>How much goes through a run.</summary>
internal sealed record Load
{
    /// <summary>A handful of webhooks, so that many runs are made; how many exactly the seed says.</summary>
    public static Load Small { get; } = new();

    /// <summary>Many customers with several events each, for the destination that wants them in order alone.</summary>
    public static Load ManyKeys { get; } = new() { Webhooks = 4000, Customers = 1000, Workers = 100, RowsInSweep = 2000 };

    /// <summary>Null: a few.</summary>
    public int? Webhooks { get; init; }

    public int Customers { get; init; } = 3;

    public int Workers { get; init; } = 4;

    public int RowsInSweep { get; init; } = 20;
}
