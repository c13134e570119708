using System.Globalization;
using Sluice.LocalHost.Conformance.Scenarios;

namespace Sluice.LocalHost.Conformance;

/// <summary>The whole run: every scenario once, then a look at what is kept, then the report.</summary>
internal static class ConformanceRun
{
    /// <summary>How long deliveries are waited for. One that takes longer is no fault of the receiver's.</summary>
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);

    /// <summary>In the order they are played. The genuine one is always played: what refuses it refuses everything.</summary>
    public static IReadOnlyList<IScenario> Scenarios { get; } =
    [
        new GenuineScenario(), new ExactBytesScenario(), new DuplicatesScenario(), new OrderScenario(), new ScheduleScenario(), new TimeScenario(),
        new RotationScenario(), new ForgeryScenario(), new BurstScenario(), new DisconnectScenario(), new AnswerScenario(),
    ];

    /// <param name="only">The names of the scenarios to play; null means all.</param>
    /// <param name="tell">Is told how many have been played.</param>
    public static async Task<ConformanceReport> PlayAsync(PlayedSender sender, IReadOnlyCollection<string>? only, Action<long> tell, CancellationToken cancellationToken)
    {
        var records = new List<ScenarioRecord>();
        foreach (var scenario in Scenarios.Where(scenario => only is null || scenario is GenuineScenario || only.Contains(scenario.Name)))
        {
            var record = new ScenarioRecord(scenario.Name);
            records.Add(record);
            if (sender.IsClosed) record.LeaveOut();
            else await scenario.PlayAsync(sender, record, cancellationToken);
            if (sender.Facts.Deadline is { } deadline && record.Exchanges.Select(exchange => exchange.Took).DefaultIfEmpty().Max() is var slowest && slowest > deadline)
                record.Blame(FaultKind.TooSlow, string.Create(CultureInfo.InvariantCulture, $"an answer took {slowest.TotalSeconds:0.#} s; {sender.Facts.Title} waits {deadline.TotalSeconds:0.#} s"));
            tell(records.Count);
        }

        var observed = await ObserveAsync(sender, [.. records.SelectMany(record => record.Events)], cancellationToken);
        foreach (var record in records) Judge(record, observed);
        return ConformanceReport.Of(records, observed);
    }

    // What is answered may still be on its way to where it is kept, and what is kept on its way to a destination.
    private static async Task<IReadOnlyDictionary<PlayedEvent, Observed>?> ObserveAsync(PlayedSender sender, List<PlayedEvent> events, CancellationToken cancellationToken)
    {
        if (sender.Observer is not { } observer) return null;
        var started = sender.Time.GetTimestamp();
        for (var waiting = events.FindAll(played => played is { IsForged: false, Successes: > 0 }); waiting.Count > 0;)
        {
            var now = await observer.LookAsync(waiting, cancellationToken);
            var passed = sender.Time.GetElapsedTime(started);
            waiting = [.. waiting.Where((played, i) => now[i].Kept < played.Count ? passed < sender.Patience : !now[i].IsAtAnEnd && passed < DeliveryTime)];
            if (waiting.Count > 0) await Task.Delay(LookPeriod, sender.Time, cancellationToken);
        }

        return events.Zip(await observer.LookAsync(events, cancellationToken)).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    private static void Judge(ScenarioRecord record, IReadOnlyDictionary<PlayedEvent, Observed>? observed)
    {
        if (observed is null) return;
        foreach (var played in record.Events)
        {
            var kept = observed[played].Kept;
            if (played is { IsForged: true, Successes: 0 } && kept > 0) record.Blame(FaultKind.KeepsForgeries, "an event that was refused is kept all the same");
            if (played.IsForged || played.Successes == 0) continue;
            if (kept < played.Count) record.Blame(FaultKind.Loses, "an event that was answered with success is not kept");
            if (kept > played.Count && played.IsKnownAgain) record.Blame(FaultKind.KeepsTwice, $"an event that came several times is kept {kept / played.Count} times");
        }
    }
}
