using Microsoft.Extensions.Logging;
using Sluice.AzureServices.ServiceBus;
using Sluice.AzureServices.Tables;
using Sluice.Destinations;
using Sluice.Processing;
using Sluice.Quarantine;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.AzureServices.Hosting;

/// <summary>
/// What the timer does each minute: rings what is due, brings the queue's dead letters and the book's together, lets go of what is old.
/// Each part is safe when two do it at once or none did for a while, and none waits for another that fails.
/// </summary>
public sealed partial class TimerRound(
    SharedDestinations shared, Sweeper sweeper, DeadLetterQueue deadLetters, Retention retention, QuarantineAging quarantine, TableEventStore store, ITaskQueue queue, TimeProvider time, ILogger<TimerRound> logger)
{
    private const int RowsAtOnce = 500;
    private const int OpenAtOnce = 100;
    private const int LinesAtOnce = 100;
    private const int ReleasedAtOnce = 2000;
    private const int DeadLetterSteps = 8;

    /// <summary>A little more than the timer's own pause: what falls due in between is scheduled for its moment.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(70);

    private static readonly TimeSpan MostSweeping = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan MostRetention = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AgingPeriod = TimeSpan.FromMinutes(10);

    // Two rounds at once would at most both look.
    private DateTimeOffset nextAging;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TryAsync("reading the registered destinations", () => shared.EnsureAsync(cancellationToken).AsTask());
        var rung = 0;
        var late = TimeSpan.Zero;
        // Before the sweep: whose turn it becomes is due at once.
        await TryAsync("moving lines on", async () => await store.MoveLinesOnAsync(LinesAtOnce, cancellationToken));
        var isSwept = await TryAsync("ringing what is due", async () =>
        {
            for (var started = time.GetTimestamp(); time.GetElapsedTime(started) < MostSweeping;)
            {
                var swept = await sweeper.SweepAsync(Ahead, RowsAtOnce, cancellationToken);
                rung += swept.Rung;
                if (time.GetUtcNow() - swept.Oldest is { } oldest && oldest > late) late = oldest;
                if (!swept.MayBeMore) break;
            }
        });
        await TryAsync("letting go of what waits with its destination", async () =>
        {
            await sweeper.FindParkedAsync(cancellationToken);
            rung += (await sweeper.ReleaseAsync(Ahead, ReleasedAtOnce, cancellationToken)).Rung;
        });
        await TryAsync("ringing for dead letters without a message", async () =>
        {
            foreach (var death in await store.OpenDeathsAsync(OpenAtOnce, cancellationToken)) await queue.RingAsync(new Bell(death.Delivery, death.Attempt), time.GetUtcNow(), cancellationToken);
        });
        await TryAsync("looking through the dead-letter queue", async () =>
        {
            for (var step = 0; step < DeadLetterSteps && await deadLetters.StepAsync(cancellationToken) > 0; step++)
            {
            }
        });
        await TryAsync("retention", () => retention.RunAsync(cancellationToken, MostRetention));
        // Its bounds hold without the timer; only age wants a look now and then.
        if (time.GetUtcNow() >= nextAging && await TryAsync("the quarantine", () => quarantine.RunAsync(cancellationToken, MostRetention))) nextAging = time.GetUtcNow() + AgingPeriod;
        var dead = 0L;
        var isCounted = await TryAsync("counting", async () =>
        {
            await store.FoldSumsAsync(cancellationToken);
            dead = (await store.CountAsync(cancellationToken)).DeadLettered;
        });
        // A round that knows only half says nothing: its silence is the alert, and figures that are not known would be another.
        if (isSwept && isCounted) Log.Swept(logger, rung, (long)late.TotalSeconds, dead);
    }

    private async Task<bool> TryAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException)
        {
            Log.Failed(logger, what, e.Message);
            return false;
        }
#pragma warning disable CA1031 // A fault of ours in one part must not keep the others from their work, round after round.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.Fault(logger, e, what);
            return false;
        }
    }

    private static partial class Log
    {
        // Alerts read this line: its words are part of infra/bicep.
        [LoggerMessage(1, LogLevel.Information, "Sweep: {Rung} bells rung, oldest unfinished delivery {Seconds} s late, {DeadLetters} dead letters")]
        public static partial void Swept(ILogger logger, int rung, long seconds, long deadLetters);

        [LoggerMessage(2, LogLevel.Error, "The timer failed at {What} and tries again with its next round: {Reason}")]
        public static partial void Failed(ILogger logger, string what, string reason);

        [LoggerMessage(3, LogLevel.Error, "The timer met a fault of Sluice's own at {What}")]
        public static partial void Fault(ILogger logger, Exception fault, string what);
    }
}
