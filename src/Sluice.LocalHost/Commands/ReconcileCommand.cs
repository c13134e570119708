using System.CommandLine;
using System.Globalization;
using Sluice.Events;
using Sluice.LocalHost.Hosting;
using Sluice.Reconciliation;
using Spectre.Console;

namespace Sluice.LocalHost.Commands;

/// <summary><c>sluice reconcile [SOURCE]</c>: compares what was kept with the sender's own log, and brings in what is missing.</summary>
internal sealed class ReconcileCommand : Command
{
    private static readonly Argument<string?> Source = new("SOURCE") { Description = "A source; without one, all that can be compared", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Since = new("--since") { Description = "How far back: 90m, 12h, 3d, or a moment such as 2026-11-22T12:00:00Z", HelpName = "TIME" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only look: fetch nothing, ask for nothing" };

    public ReconcileCommand() : base("reconcile", "Compares what was kept with the senders' own logs, and brings in what is missing")
    {
        Add(Source);
        Add(Since);
        Add(DryRun);
        Add(CommonOptions.Remote);
        Add(CommonOptions.Token);
        SetAction(RunAsync);
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var since = ReadSince(parsed.GetValue(Since), TimeProvider.System.GetUtcNow());
        using var access = OpsAccess.Open(parsed);
        IReadOnlyList<string> sources = parsed.GetValue(Source) is { } named ? [named] : await access.Reconciliation.SourcesAsync(cancellationToken);
        if (sources.Count == 0) throw new CommandException("no source can be compared with its sender's log; give one a section Reconcile (docs/reconcile.md)");
        var reports = new List<ReconcileReport>();
        await Job.RunAsync("Reconcile", async tell =>
        {
            foreach (var source in sources)
            {
                reports.Add(await access.Reconciliation.RunAsync(source, since, parsed.GetValue(DryRun), cancellationToken) ?? throw new CommandException($"there is no source {SafeText.OneLine(source, 100)}; sluice reconcile alone takes all that can be compared"));
                tell(reports.Count);
            }
        }, sources.Count);
        if (parsed.GetValue(CommonOptions.Json)) Output.Json(reports, ReconcileJson.Default.IReadOnlyListReconcileReport);
        else Print(reports);
        foreach (var report in reports.Where(report => !report.IsComplete))
        {
            foreach (var reason in report.Failures.Prepend(report.StoppedBecause).OfType<string>()) await Console.Error.WriteLineAsync($"sluice: {report.Source}: {SafeText.OneLine(reason, 500)}");
        }

        if (!access.IsOverHost && reports.Any(report => report.AskedAgain > 0)) await Console.Error.WriteLineAsync("sluice: no host runs here; what was asked for again arrives where the webhook's URL leads, and only if Sluice runs there");
        return reports.All(report => report.IsComplete) ? 0 : 1;
    }

    /// <summary>A moment, or how long before now.</summary>
    internal static DateTimeOffset? ReadSince(string? text, DateTimeOffset now)
    {
        if (text is null) return null;
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100_000)
        {
            switch (text[^1])
            {
                case 'm': return now.AddMinutes(-count);
                case 'h': return now.AddHours(-count);
                case 'd': return now.AddDays(-count);
            }
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment <= now
            ? moment
            : throw new CommandException($"--since {SafeText.OneLine(text, 100)} is no time gone by; write 90m, 12h, 3d, or a moment such as 2026-11-22T12:00:00Z");
    }

    private static void Print(List<ReconcileReport> reports)
    {
        // Of what could not even begin there is nothing but the reason.
        var begun = reports.Where(report => report.IsComplete || report is not { Listed: 0, Failed: 0 }).ToList();
        if (begun.Count == 0) return;
        var list = new Listing(("Source", Cell.Id), ("Since", Cell.Whole), ("Listed", Cell.Number), ("Kept", Cell.Number), ("Missing", Cell.Number), ("Fetched", Cell.Number), ("Asked again", Cell.Number), ("Left for later", Cell.Number), ("Failed", Cell.Number));
        foreach (var report in begun)
        {
            list.Add(
                Output.Safe(report.Source), Output.Time(report.Since), Number(report.Listed), Number(report.Kept), Number(report.Missing), Number(report.Fetched), Number(report.AskedAgain), Number(report.Waiting),
                report.Failed == 0 ? "0" : $"[red]{report.Failed}[/]");
        }

        list.Print(Output.Person);
        if (reports.All(report => report.Events.Count == 0)) return;
        var missing = new Listing(("Source", Cell.Whole), ("Sent", Cell.Whole), ("Type", Cell.Text), ("Key", Cell.Id), ("Became", Cell.Whole));
        foreach (var report in reports)
        {
            foreach (var item in report.Events) missing.Add(Output.Safe(report.Source), item.At is { } at ? Output.Time(at) : "", Output.Safe(item.Type), Output.Safe(item.Key), Word(item.Outcome));
        }

        missing.Print(Output.Person);
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Word(MissingOutcome outcome) => outcome switch
    {
        MissingOutcome.Fetched => "[green]fetched[/]",
        MissingOutcome.AskedAgain => "asked for again",
        MissingOutcome.Waiting => "[yellow]left for later[/]",
        MissingOutcome.Failed => "[red]failed[/]",
        _ => "missing",
    };
}
