using System.Globalization;
using System.Text;
using Sluice.Bench.Measurements;

namespace Sluice.Bench.Reports;

/// <summary>The table a person reads.</summary>
public static class TableReport
{
    private static readonly string[] _titles = ["what: A / B", "median", "worst", "goal", "met?", "A", "B"];

    public static string Render(BenchOptions options, Machine machine, IReadOnlyList<MeasurementResult> results)
    {
        string[][] lines = [_titles, .. results.Select(Cells)];
        var widths = _titles.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine}; {options.Requests} requests of 1,014 bytes per side and round");
        text.AppendLine();
        foreach (var line in lines)
            text.AppendLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        text.AppendLine();
        text.AppendLine("Only the ratios mean something elsewhere; A and B are medians over the rounds, on this machine, today.");
        if (machine.WasBusy) text.AppendLine("The machine had other work to do meanwhile: run it again without, before believing a missed goal.");
        if (options.Quick) text.AppendLine("--quick: the counts are too small for any of these figures to be believed.");
        return text.ToString();
    }

    private static string[] Cells(MeasurementResult result) =>
    [
        result.Row.Name,
        result.Median.ToString("0.00", CultureInfo.InvariantCulture),
        result.Worst.ToString("0.00", CultureInfo.InvariantCulture),
        result.Row.Goal.Text,
        result.Met ? "yes" : "MISSED",
        Figure(result.A),
        Figure(result.B),
    ];

    private static string Figure(Reading reading)
    {
        var figure = reading.Unit == "ms"
            ? string.Create(CultureInfo.InvariantCulture, $"{reading.Value:0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{reading.Value:#,0}{reading.Unit}");
        return reading.P50Ms is null
            ? figure
            : string.Create(CultureInfo.InvariantCulture, $"{figure}, p50 {reading.P50Ms:0.00} p99 {reading.P99Ms:0.00} ms");
    }
}
