using System.Text.Json;
using Sluice.Bench.Measurements;

namespace Sluice.Bench.Reports;

/// <summary>The same for programs, with every round.</summary>
public static class JsonReport
{
    private static readonly JsonSerializerOptions _format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Render(BenchOptions options, Machine machine, IReadOnlyList<MeasurementResult> results)
    {
        var report = new
        {
            Machine = machine,
            options.Requests,
            options.Quick,
            Rows = results.Select(result => new
            {
                result.Row.Topic,
                result.Row.Name,
                Goal = result.Row.Goal.Text,
                result.Row.Goal.Floor,
                result.Met,
                result.Median,
                result.Worst,
                result.A,
                result.B,
                result.Rounds,
            }),
        };
        return JsonSerializer.Serialize(report, _format) + Environment.NewLine;
    }
}
