namespace Sluice.LocalHost.Conformance.Scenarios;

/// <summary>An event that the sender believes lost each time: repeated by its own schedule, scaled, as it marks and signs repeats.</summary>
internal sealed class ScheduleScenario : IScenario
{
    private const int MostRepeats = 30;

    // Of senders that do not say when they repeat.
    private static readonly TimeSpan[] Assumed = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)];

    public string Name => "schedule";

    /// <summary>How long after each attempt the next one comes, in real time.</summary>
    public static IReadOnlyList<TimeSpan> DelaysOf(Providers.ProviderFacts facts) => [.. (facts.RetryDelays ?? Assumed).Take(MostRepeats)];

    public async Task PlayAsync(PlayedSender sender, ScenarioRecord record, CancellationToken cancellationToken)
    {
        var delays = DelaysOf(sender.Facts);
        if (delays.Count == 0)
        {
            record.LeaveOut($"{sender.Facts.Title} never sends again by itself");
            return;
        }

        if (sender.Facts.RetryDelays is null) record.Note($"{sender.Facts.Title} does not say when it repeats: after a minute, ten and an hour is assumed");
        var played = sender.NewEvent(record);
        record.Judge(played, await sender.SendAsync(record, played, cancellationToken));
        for (var i = 0; i < delays.Count; i++)
        {
            await Task.Delay(delays[i] * sender.Scale, sender.Time, cancellationToken);
            record.Judge(played, await sender.SendAsync(record, played, cancellationToken, repeat: i + 1));
        }
    }
}
