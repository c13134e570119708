using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Ingestion;

namespace Sluice.Reconciliation;

/// <summary>
/// Compares the sources that say <c>Every</c>, each when its time has come; a host calls it about once a minute. Nothing of it is written down: after a
/// start each source is compared once, and rounds that were missed or came twice do no harm.
/// </summary>
public sealed partial class ReconcileRound(LiveConfiguration configuration, Reconciler reconciler, TimeProvider time, ILogger<ReconcileRound> logger)
{
    // A source whose settings have a fault says so now and then, also where the fault is in Every.
    private static readonly TimeSpan Reminder = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> next = new(StringComparer.Ordinal);

    /// <summary>One round. A source that fails does not keep the others from their turn.</summary>
    /// <param name="atMost">How long all of it may take.</param>
    public async Task RunAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        // Who has waited longest comes first: when there is no time for all, another is first next time.
        foreach (var source in configuration.Current.Sources.Where(source => Every(source) is not null).OrderBy(source => next.GetValueOrDefault(source.Name)).ToList())
        {
            var left = atMost - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return;
            var (now, every) = (time.GetUtcNow(), Every(source)!.Value);
            if (next.GetValueOrDefault(source.Name) > now) continue;
            next[source.Name] = now + every;
            try
            {
                var report = await reconciler.RunAsync(source, new ReconcileRequest(null, left), cancellationToken);
                if (report.MayGoOnAt > now + every) next[source.Name] = report.MayGoOnAt.Value;
            }
#pragma warning disable CA1031 // A fault of ours about one source must not keep the others from their turn, round after round.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Log.Fault(logger, e, source.Name);
            }
        }
    }

    private static TimeSpan? Every(Source source) => source.Settings is { Paused: false, Reconcile: { } settings } ? settings.Every ?? (settings.Fault is null ? null : Reminder) : null;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Comparing {Source} with its sender's log met a fault of Sluice's own")]
        public static partial void Fault(ILogger logger, Exception fault, string source);
    }
}
