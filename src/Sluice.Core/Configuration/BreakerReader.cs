
namespace Sluice.Configuration;

/// <summary>Reads when a destination that fails is left alone: <c>"Breaker": { "Failures": 10, "Pause": "00:00:15", "MaxPause": "00:05:00" }</c>.</summary>
internal static class BreakerReader
{
    private const int MostFailures = 1000;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <param name="isHttp">Whether somebody else's server is at the other end. A handler of one's own is left alone only when its destination says so.</param>
    public static BreakerOptions Read(SectionReader destination, bool isHttp)
    {
        var section = destination.Section("Breaker");
        if (section.Value is { Length: > 0 }) destination.Fault("Breaker", "is a text; write { \"Failures\": 10, \"Pause\": \"00:00:15\" }, or { \"Failures\": 0 } for none");
        var reader = destination.Inside(section);
        var standard = new BreakerOptions();
        var failures = reader.Number("Failures", isHttp || section.GetChildren().Any() ? standard.Failures : 0, 0, MostFailures);
        var pause = reader.Time("Pause", ShortestPause, LongestPause) ?? standard.Pause;
        var longest = reader.Time("MaxPause", ShortestPause, LongestPause);
        if (longest < pause) reader.Fault("MaxPause", "is shorter than Pause; lengthen it or remove it");
        reader.Rest([]);
        return new() { Failures = failures, Pause = pause, MaxPause = longest ?? (pause > standard.MaxPause ? pause : standard.MaxPause) };
    }
}
