using System.Globalization;
using System.Text;
using Sluice.Bench.Measurements;
using Sluice.Bench.Reports;

namespace Sluice.Bench;

/// <summary>The table a person reads, in the style of the other bench's.</summary>
public static class Report
{
    private static readonly string[] _titles = ["what: A / B", "median", "worst", "goal", "met?", "A", "B"];

    public static string Render(FunctionsBenchOptions options, Machine machine, MeasurementResult result)
    {
        string[] cells =
        [
            result.Row.Name, Number(result.Median, "0.00"), Number(result.Worst, "0.00"), result.Row.Goal.Text, result.Met ? "yes" : "MISSED",
            Number(result.A.Value, "0.00") + result.A.Unit, Number(result.B.Value, "0.00") + result.B.Unit,
        ];
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{machine}; {options.Rounds} rounds, {options.Requests} requests of 1,014 bytes per side and round");
        text.AppendLine();
        foreach (var line in new[] { _titles, cells })
            text.AppendLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(Math.Max(cells[column].Length, _titles[column].Length)))).TrimEnd());
        text.AppendLine();
        text.AppendLine("Only the ratio means something elsewhere; A and B are medians over the rounds, on this machine, today.");
        if (machine.WasBusy) text.AppendLine("The machine had other work to do meanwhile: run it again without, before believing a missed goal.");
        if (options.Quick) text.AppendLine("--quick: the counts are too small for these figures to be believed.");
        return text.ToString();
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
