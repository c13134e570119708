using Microsoft.Extensions.Logging;
using Sluice.Inspection;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>Tells the log of refused requests, at most a few each minute: a flood of forgeries fills no disk. The counter counts all.</summary>
public sealed partial class RejectionLog(TimeProvider time, ILogger<RejectionLog> logger)
{
    private const int LinesPerMinute = 20;

    private readonly Lock gate = new();
    private long minute;
    private int told;
    private int untold;

    public void Tell(string source, SignatureResult result)
    {
        Telemetry.Rejected.Add(1, new KeyValuePair<string, object?>("source", source), new KeyValuePair<string, object?>("result", result));
        int missed;
        lock (gate)
        {
            var now = time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
            if (now != minute) (minute, told) = (now, 0);
            if (told == LinesPerMinute)
            {
                untold++;
                return;
            }

            told++;
            (missed, untold) = (untold, 0);
        }

        if (missed > 0) Log.Missed(logger, missed);
        Log.Rejected(logger, source, result);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Source}: request refused: {Result}")]
        public static partial void Rejected(ILogger logger, string source, SignatureResult result);

        [LoggerMessage(2, LogLevel.Warning, "{Count} more requests were refused and not logged one by one")]
        public static partial void Missed(ILogger logger, int count);
    }
}
