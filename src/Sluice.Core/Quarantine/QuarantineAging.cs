using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Quarantine;

/// <summary>Lets go of refused requests that are older than their source says, in small steps with pauses, off the answering path.</summary>
public sealed partial class QuarantineAging(LiveConfiguration configuration, IQuarantine quarantine, TimeProvider time, ILogger<QuarantineAging> logger)
{
    private const int RowsPerStep = 90;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Steps until nothing is left to let go of, or the time that it may take is over: the next run goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken, TimeSpan? atMost = null)
    {
        var (gone, started) = (0, time.GetTimestamp());
        foreach (var source in await quarantine.SourcesAsync(cancellationToken))
        {
            // What is left of a source that is gone, or keeps nothing any more, goes by the usual bounds.
            var current = configuration.Current;
            var bounds = (current.TryGetSource(source, out var known) && known.Settings.Quarantine is { } own ? own : new()).Within(current.Window.Length);
            while (!(time.GetElapsedTime(started) >= atMost) && await quarantine.AgeAsync(source, bounds, time.GetUtcNow(), RowsPerStep, cancellationToken) is > 0 and var step)
            {
                gone += step;
                await Task.Delay(Pause, time, cancellationToken);
            }
        }

        if (gone > 0) Log.Aged(logger, gone);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Quarantine: {Count} refused requests let go")]
        public static partial void Aged(ILogger logger, int count);
    }
}
