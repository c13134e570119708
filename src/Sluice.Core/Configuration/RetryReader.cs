using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>Reads a section <c>Retry</c>: of all destinations or of one, which takes from the other what it does not say.</summary>
internal static class RetryReader
{
    private const int MostAttempts = 1000;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(365);

    public static RetryOptions Read(SectionReader reader, RetryOptions inherited)
    {
        // A schedule of one's own stands in place of an inherited list, and a list in place of an inherited schedule.
        IReadOnlyList<TimeSpan>? delays = ReadDelays(reader);
        var isSchedule = reader.Text("BaseDelay") is not null || reader.Text("Factor") is not null || reader.Text("MaxAttempts") is not null;
        if (delays is not null && isSchedule) reader.Fault("Delays", "says all about the attempts; remove MaxAttempts, BaseDelay and Factor beside it");
        if (!isSchedule) delays ??= inherited.Delays;
        var retry = new RetryOptions
        {
            Delays = delays,
            MaxAttempts = delays?.Count + 1 ?? reader.Number("MaxAttempts", inherited.MaxAttempts, 1, MostAttempts),
            BaseDelay = reader.Time("BaseDelay", TimeSpan.Zero, LongestDelay) ?? inherited.BaseDelay,
            Factor = reader.Number("Factor", inherited.Factor, 1.0, 100.0),
            MaxDelay = reader.Time("MaxDelay", TimeSpan.Zero, LongestDelay) ?? Longest(delays, inherited.MaxDelay),
            MaxAge = reader.Time("MaxAge", TimeSpan.FromSeconds(1), LongestAge) ?? inherited.MaxAge,
            Jitter = reader.Number("Jitter", inherited.Jitter, 0.0, 1.0),
        };
        if (delays?.Max() > retry.MaxDelay) reader.Fault("MaxDelay", "is shorter than one of Delays; remove it or shorten them");
        reader.Rest([]);
        return retry;
    }

    private static List<TimeSpan>? ReadDelays(SectionReader reader)
    {
        if (reader.FilledList("Delays", "write the delays one by one, such as [\"00:00:05\", \"01:00:00\"], or remove it; \"MaxAttempts\": 1 tries once") is not { } texts) return null;
        var delays = new List<TimeSpan>();
        foreach (var text in texts)
        {
            if (SectionReader.ReadTime(text) is { } delay && delay >= TimeSpan.Zero && delay <= LongestDelay) delays.Add(delay);
            else reader.Fault("Delays", $"has '{text}'; write times up to {LongestDelay:c}, such as 00:00:30 or 1.00:00:00 (days.hours:minutes:seconds)");
        }

        if (texts.Count >= MostAttempts) reader.Fault("Delays", $"has {texts.Count}; {MostAttempts - 1} are the most");
        return delays.Count > 0 ? delays : null;
    }

    private static TimeSpan Longest(IReadOnlyList<TimeSpan>? delays, TimeSpan inherited) => delays is not null && delays.Max() > inherited ? delays.Max() : inherited;
}
