using System.Globalization;
using Sluice.Destinations;

namespace Sluice.Notices;

/// <summary>The line that people read, in a chat too.</summary>
internal static class NoticeText
{
    public static string Failing(Health health, string name, DateTimeOffset? disableAt) => string.Create(CultureInfo.InvariantCulture,
        $"Destination {name} has been failing since {Moment(health.Since!.Value)}: {Attempts(health.Failures)} failed, the last with: {health.LastError}.{(disableAt is { } at ? $" It will be disabled at {Moment(at)} unless one succeeds." : "")}");

    public static string Disabled(Health health, string name, string reason) =>
        $"Destination {name} is disabled since {Moment(health.StageAt)}: {reason}. Its events are kept; once it is mended, run: sluice destination resume {name}";

    public static string Recovered(string name, DateTimeOffset since, DateTimeOffset at) => $"Destination {name} works again. It had been failing for {Length(at - since)}, since {Moment(since)}.";

    public static string DeadLettersGrow(string name, long count, DateTimeOffset hour) => string.Create(CultureInfo.InvariantCulture,
        $"Destination {name}: {count} deliveries became dead letters since {Moment(hour)}. To look at them, run: sluice dead list --destination {name}");

    /// <summary>A length of time in its two largest units.</summary>
    public static string Length(TimeSpan time)
    {
        var (first, second) = time switch
        {
            { TotalDays: >= 1 } => (Count(time.Days, "day"), time.Hours > 0 ? Count(time.Hours, "hour") : null),
            { TotalHours: >= 1 } => (Count(time.Hours, "hour"), time.Minutes > 0 ? Count(time.Minutes, "minute") : null),
            { TotalMinutes: >= 1 } => (Count(time.Minutes, "minute"), time.Seconds > 0 ? Count(time.Seconds, "second") : null),
            _ => (Count((long)Math.Max(0, time.TotalSeconds), "second"), null),
        };
        return second is null ? first : $"{first} {second}";
    }

    private static string Attempts(long count) => Count(count, "attempt");

    private static string Count(long count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
