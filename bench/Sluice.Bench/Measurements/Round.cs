namespace Sluice.Bench.Measurements;

/// <summary>What one side did. Latencies are information: only the ratio of the values is a goal.</summary>
public sealed record Reading(double Value, string Unit, double? P50Ms = null, double? P99Ms = null);

/// <summary>A and B, measured one right after the other.</summary>
public sealed record Round(Reading A, Reading B)
{
    public double Ratio => A.Value / B.Value;
}
