using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery.Pacing;
using Sluice.Events;
using Sluice.LocalHost.Sqlite;
using Sluice.Processing;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// Runs the deliveries of this process: first what earlier starts left claimed, then whatever is due, when it is due. It tells the queue
/// where something is due; the queue asks for it as workers get free.
/// At a stop it waits for the attempts under way, and at last interrupts them.
/// </summary>
internal sealed partial class DeliveryService(
    LiveConfiguration configuration, SqliteEventStore store, LocalQueue queue, Wakeup wakeup, Sweeper sweeper, Batches batches, Processor processor, Pacing pacing,
    IHostApplicationLifetime lifetime, TimeProvider time, Random random, ILogger<DeliveryService> logger)
    : BackgroundService
{
    private const int ClaimsAtOnce = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A clock that was set is noticed at the latest then; nothing else depends on it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>How long a stop waits for the attempts under way; together with the last within the 30 seconds of a graceful stop.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(18);

    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource interrupt = new();
    private Task? idle;
    private long stoppedAt;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var waited = idle is null ? TimeSpan.Zero : time.GetElapsedTime(stoppedAt);
        idle ??= queue.StopAsync();
        if (store.IsBroken) return;
        if (await EndsWithinAsync(idle, waited < Patience ? Patience - waited : TimeSpan.Zero)) return;
        Log.Interrupting(logger, (int)Patience.TotalSeconds);
        await interrupt.CancelAsync();
        await EndsWithinAsync(idle, LastPatience);
    }

    public override void Dispose()
    {
        interrupt.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The first lines of a hosted service run before the server listens: nothing of this is waited for.
        await Task.Yield();
        var workers = configuration.Current.Settings.Workers;
        if (workers == 0)
        {
            Log.NoWorkers(logger);
            return;
        }

        var threads = new HandlerThreads(workers);
        threads.Ensure(configuration.Current);
        queue.Start(workers, ProcessAsync, TakeAsync, destination => configuration.Current.TryGetDestination(destination, out var found) ? found.Settings.Limits.Concurrency : null, () => configuration.Current.Destinations.Count == 1);
        // From the first word of a stop on, while the server still answers who is in: what is kept now is delivered after the next start.
        lifetime.ApplicationStopping.Register(() => (stoppedAt, idle) = (time.GetTimestamp(), queue.StopAsync()));
        pacing.Changed += queue.Changed.Now;
        configuration.Replaced += OnReplaced;
        await RecoverAsync(stoppingToken);
        // The first that ends: both only do at a stop, and a fault of one must be seen.
        await await Task.WhenAny(SweepAsync(threads, stoppingToken), ReleaseAsync(stoppingToken));
    }

    private async Task SweepAsync(HandlerThreads threads, CancellationToken stoppingToken)
    {
        var lookAt = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            threads.Ensure(configuration.Current);
            var now = time.GetUtcNow();
            DateTimeOffset? until;
            try
            {
                // All of the book now and then: what was rung is known without a look.
                if (now >= lookAt)
                {
                    queue.Due(store.Waiting());
                    lookAt = now + LongestWait;
                }

                until = Earlier(lookAt, await AbandonLapsedAsync());
                until = Earlier(until, await batches.RingReadyAsync(stoppingToken));
                until = Earlier(until, queue.Elapsed());
            }
            catch (StoreUnavailableException e)
            {
                Log.CannotSweep(logger, e.Message);
                until = now + Pause;
            }

            await wakeup.WaitAsync(until!.Value, stoppingToken);
        }
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    // Their handlers did not return in time. When the next lease ends.
    private async Task<DateTimeOffset?> AbandonLapsedAsync()
    {
        while (true)
        {
            var (claims, next) = store.Lapsed(time.GetUtcNow(), ClaimsAtOnce);
            if (claims.Count == 0) return next;
            await Task.WhenAll(claims.Select(claim => processor.AbandonAsync(claim, "its lease ended without an outcome").AsTask()));
        }
    }

    private async Task RecoverAsync(CancellationToken stoppingToken)
    {
        var (recovered, isKnown) = (0, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What an earlier start knew of the destinations, before the first is delivered to.
                if (!isKnown) await pacing.RefreshAsync(stoppingToken);
                isKnown = true;
                var orphans = await store.OrphansAsync(ClaimsAtOnce);
                await Task.WhenAll(orphans.Select(claim => processor.AbandonAsync(claim, "the process ended during the attempt").AsTask()));
                recovered += orphans.Count;
                if (orphans.Count == 0) break;
            }
            catch (StoreUnavailableException e)
            {
                Log.CannotSweep(logger, e.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }

        if (recovered > 0) Log.Recovered(logger, recovered);
    }

    private async Task<bool> ProcessAsync(Bell bell, Action attempted)
    {
        try
        {
            await processor.ProcessAsync(bell, interrupt.Token, attempted);
            return true;
        }
        catch (StoreUnavailableException e)
        {
            Log.NotClaimed(logger, bell.Delivery, e.Message);
            // The worker waits too: as long as the store is away there is nothing else for it to do.
            await Task.Delay(Pause, time);
            return false;
        }
#pragma warning disable CA1031 // The edge of the host: a fault of ours must not cost a worker; the lease brings the delivery back.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Fault(logger, e, bell.Delivery);
            return true;
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan limit)
    {
        try
        {
            await task.WaitAsync(limit, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} attempts that the last process did not finish are recorded as unknown and tried again")]
        public static partial void Recovered(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Error, "Cannot look for due deliveries, trying again in a second: {Reason}")]
        public static partial void CannotSweep(ILogger logger, string reason);

        [LoggerMessage(7, LogLevel.Error, "Cannot let go of what is parked, trying again in a second: {Reason}")]
        public static partial void CannotRelease(ILogger logger, string reason);

        [LoggerMessage(8, LogLevel.Error, "What is due for {Destination} could not be claimed, trying again in a second: {Reason}")]
        public static partial void CannotTake(ILogger logger, string destination, string reason);

        [LoggerMessage(9, LogLevel.Error, "Looking for what is due for {Destination} met a fault of Sluice's own, trying again in a second")]
        public static partial void TakingFault(ILogger logger, Exception fault, string destination);

        [LoggerMessage(3, LogLevel.Error, "{Delivery} could not be claimed, it is tried again: {Reason}")]
        public static partial void NotClaimed(ILogger logger, DeliveryId delivery, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Handlers still run {Seconds} s after the stop; they are interrupted and their attempts recorded as unknown")]
        public static partial void Interrupting(ILogger logger, int seconds);

        [LoggerMessage(5, LogLevel.Warning, "Workers is 0: events are kept and none is delivered")]
        public static partial void NoWorkers(ILogger logger);

        [LoggerMessage(6, LogLevel.Error, "{Delivery} met a fault of Sluice's own; it is tried again when its lease ends")]
        public static partial void Fault(ILogger logger, Exception fault, DeliveryId delivery);
    }
}
