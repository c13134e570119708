using System.Text.Json.Serialization;

namespace Sluice.LocalHost.Conformance;

/// <summary>What a run has shown.</summary>
internal sealed record ConformanceReport
{
    public required IReadOnlyList<ScenarioReport> Scenarios { get; init; }

    /// <summary>What is wrong, each kind once.</summary>
    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>What could not be checked, and what is worth a word.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public bool IsGood => Faults.Count == 0;

    public static ConformanceReport Of(IReadOnlyList<ScenarioRecord> records, IReadOnlyDictionary<PlayedEvent, Observed>? observed)
    {
        var faults = records.SelectMany(record => record.Faults)
            .GroupBy(fault => fault.Kind)
            .Select(kind => kind.First() with { Scenarios = [.. kind.SelectMany(fault => fault.Scenarios)] })
            .ToList();
        var takesForgeries = faults.Exists(fault => fault.Kind == FaultKind.AcceptsForgeries);
        // Whoever takes anything takes recordings and old secrets too: that is not another fault.
        if (takesForgeries) faults.RemoveAll(fault => fault.Kind is FaultKind.IgnoresTime or FaultKind.AcceptsRetiredSecret or FaultKind.KeepsForgeries);
        var scenarios = records.Select(record => ScenarioReport.Of(record, observed, faults)).ToList();
        var notes = records.SelectMany(record => record.Notes.Select(note => $"{record.Name}: {note}")).ToList();
        notes.AddRange(scenarios.Where(scenario => scenario.Verdict == ScenarioReport.NotJudged).Select(scenario => $"{scenario.Name}: not judged, since it takes forgeries"));
        if (observed is null) notes.Add("not checked, as nobody says what is kept: that every event is kept, and kept once, and kept before the answer, and that nothing refused is kept");
        return new() { Scenarios = scenarios, Faults = faults, Notes = notes };
    }
}

/// <summary>What one scenario has shown.</summary>
/// <param name="Sent">How many requests.</param>
/// <param name="Answers">How many of each answer; those without one are not among them.</param>
/// <param name="BrokenOff">How many were left before an answer could come.</param>
/// <param name="Unanswered">How many got none.</param>
/// <param name="SlowestMs">The longest that an answer took; null without any.</param>
/// <param name="Events">How many events have to be kept.</param>
/// <param name="Kept">How many are, one that is kept twice counted twice; null where nobody knows.</param>
/// <param name="Delivered">How many events are delivered wherever they go; null where nobody knows.</param>
/// <param name="Verdict">good, bad, left out or not judged.</param>
internal sealed record ScenarioReport(
    string Name, int Sent, IReadOnlyList<AnswerCount> Answers, int BrokenOff, int Unanswered, double? SlowestMs, int Events, int? Kept, int? Delivered, string Verdict)
{
    /// <summary>What it shows is nothing beside a greater fault.</summary>
    public const string NotJudged = "not judged";

    /// <param name="faults">Those of the whole run that count.</param>
    public static ScenarioReport Of(ScenarioRecord record, IReadOnlyDictionary<PlayedEvent, Observed>? observed, IReadOnlyList<Fault> faults)
    {
        var answered = record.Exchanges.Where(exchange => exchange.StatusCode is not null).ToList();
        var genuine = record.Events.Where(played => played is { IsForged: false, Successes: > 0 }).ToList();
        var brokenOff = record.Exchanges.Count(exchange => exchange.IsBrokenOff);
        return new(
            record.Name,
            record.Exchanges.Count,
            [.. answered.CountBy(exchange => exchange.StatusCode!.Value).OrderBy(pair => pair.Key).Select(pair => new AnswerCount(pair.Key, pair.Value))],
            brokenOff,
            record.Exchanges.Count - answered.Count - brokenOff,
            answered.Count == 0 ? null : answered.Max(exchange => exchange.Took.TotalMilliseconds),
            genuine.Count,
            observed is null ? null : record.Events.Sum(played => observed[played].Kept / played.Count),
            observed is null || genuine.Exists(played => observed[played].IsDelivered is null) ? null : genuine.Count(played => observed[played].IsDelivered == true),
            record.Faults.Any(fault => faults.Any(counted => counted.Kind == fault.Kind)) ? "bad" : record.Faults.Count > 0 ? NotJudged : record.IsLeftOut ? "left out" : "good");
    }
}

/// <summary>How often one answer came.</summary>
internal sealed record AnswerCount(int StatusCode, int Count);

/// <summary>A report as <c>--json</c> prints it.</summary>
/// <param name="Url">Where to, without a secret that is part of it.</param>
/// <param name="Verdict">good or bad.</param>
internal sealed record ReportView(
    string Provider, string Source, string Url, int Seed, double Scale, string Verdict, IReadOnlyList<ScenarioReport> Scenarios, IReadOnlyList<Fault> Faults, IReadOnlyList<string> Notes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(ReportView))]
internal sealed partial class ReportJson : JsonSerializerContext;
