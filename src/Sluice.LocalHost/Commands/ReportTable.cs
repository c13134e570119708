using System.Globalization;
using Sluice.Events;
using Sluice.LocalHost.Conformance;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary>The report of <c>sluice send --misbehave</c> for people.</summary>
internal static class ReportTable
{
    public static void Print(ReportView report)
    {
        var table = Output.Table("Scenario", "Sent", "Answered", "Slowest", "Kept", "Delivered", "Verdict");
        foreach (var scenario in report.Scenarios)
        {
            table.AddRow(
                Output.Safe(scenario.Name),
                scenario.Sent == 0 ? "" : scenario.Sent.ToString(CultureInfo.InvariantCulture),
                Output.Safe(Answers(scenario)),
                scenario.SlowestMs is { } slowest ? string.Create(CultureInfo.InvariantCulture, $"{slowest:0} ms") : "",
                Of(scenario.Kept, scenario),
                Of(scenario.Delivered, scenario),
                scenario.Verdict switch { "good" => "[green]good[/]", "bad" => "[red]bad[/]", var other => Output.Safe(other) });
        }

        Output.Person.Write(table);
        foreach (var note in report.Notes) Console.Out.WriteLine(SafeText.OneLine(note, 500));
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Provider} to {SafeText.OneLine(report.Url, 300)}, seed {report.Seed}, scale {report.Scale:0.######}"));
        if (report.Faults.Count == 0)
        {
            Console.Out.WriteLine("Verdict: good");
            return;
        }

        Console.Out.WriteLine($"Verdict: {Output.Count(report.Faults.Count, "fault")}");
        foreach (var fault in report.Faults)
        {
            Console.Out.WriteLine($"- {SafeText.OneLine(fault.What, 500)} ({string.Join(", ", fault.Scenarios)})");
            Console.Out.WriteLine($"  Fix: {fault.Fix}");
        }
    }

    private static string Answers(ScenarioReport scenario) => string.Join(", ",
    [
        .. scenario.Answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.StatusCode} x {answer.Count}")),
        .. scenario.BrokenOff > 0 ? [$"hung up x {scenario.BrokenOff}"] : (string[])[],
        .. scenario.Unanswered > 0 ? [$"none x {scenario.Unanswered}"] : (string[])[],
    ]);

    private static string Of(int? count, ScenarioReport scenario) =>
        scenario.Sent == 0 ? "" : count is null ? "not known" : scenario.Events == 0 && count == 0 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{count} of {scenario.Events}");
}
