namespace Sluice.Bench.Measurements;

/// <summary>A row with its rounds.</summary>
public sealed record MeasurementResult(IMeasurement Row, IReadOnlyList<Round> Rounds)
{
    // The median of the rounds' own ratios, not a ratio of medians: what disturbs a machine for seconds disturbs both sides of a round.
    public double Median { get; } = MedianOf(Rounds.Select(round => round.Ratio));

    public double Worst { get; } = Row.Goal.WorstOf(Rounds.Select(round => round.Ratio));

    public bool Met => Row.Goal.MetBy(Median);

    public Reading A => Typical([.. Rounds.Select(round => round.A)]);

    public Reading B => Typical([.. Rounds.Select(round => round.B)]);

    private static Reading Typical(IReadOnlyList<Reading> readings) => new(
        MedianOf(readings.Select(reading => reading.Value)),
        readings[0].Unit,
        readings[0].P50Ms is null ? null : MedianOf(readings.Select(reading => reading.P50Ms ?? 0)),
        readings[0].P99Ms is null ? null : MedianOf(readings.Select(reading => reading.P99Ms ?? 0)));

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
