using Microsoft.Extensions.Logging;
using Sluice.Configuration;

namespace Sluice.Storage;

/// <summary>Lets go of events older than the dedupe window, which is the configured retention or longer, in small steps with pauses, off the answering path.</summary>
public sealed partial class Retention(LiveConfiguration configuration, IEventStore store, TimeProvider time, ILogger<Retention> logger)
{
    private const int EventsPerStep = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Steps until nothing is left to let go of, or the time that it may take is over: the next run goes on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken, TimeSpan? atMost = null)
    {
        var (expired, deleted, started) = (0, 0, time.GetTimestamp());
        while (!(time.GetElapsedTime(started) >= atMost))
        {
            var now = time.GetUtcNow();
            var step = await store.RetainAsync(now - configuration.Current.Window.Length, EventsPerStep, now, cancellationToken);
            if (step is { Expired: 0, Deleted: 0 }) break;
            expired += step.Expired;
            deleted += step.Deleted;
            await Task.Delay(Pause, time, cancellationToken);
        }

        if (expired + deleted > 0) Log.Retained(logger, deleted, expired);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retention: {Deleted} events let go, {Expired} unfinished deliveries expired")]
        public static partial void Retained(ILogger logger, int deleted, int expired);
    }
}
