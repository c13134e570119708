using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Notices;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>
/// Keeps the health of destinations, tells operators, and disables what has failed for too long. One that works costs a look into a
/// dictionary; what fails is counted in memory and shared when something comes of it, or after half a minute.
/// </summary>
public sealed partial class HealthWatch(LiveConfiguration configuration, ISharedState state, IStandings standings, Notifier notifier, TimeProvider time, Random random, ILogger<HealthWatch> logger)
{
    // How long another instance's failures may be unknown here: a success that ends them is then seen as just another one.
    private static readonly TimeSpan ReadAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(1);

    private const int MostRounds = 8;
    private const long NotRead = long.MinValue;

    private readonly ConcurrentDictionary<string, WatchedDestination> watched = new(StringComparer.Ordinal);
    private long readAt = NotRead;

    private bool IsShared => state.Freshness != Timeout.InfiniteTimeSpan;

    /// <summary>Notes how an attempt ended at a moment. It is recorded already: nothing of this is the delivery's fault or loss.</summary>
    public ValueTask AfterAsync(Destination destination, Outcome outcome, DeliveryStatus status, DateTimeOffset at)
    {
        if (destination.Name == SplitHandler.DestinationName || destination.Standing.State == DestinationState.Removed) return ValueTask.CompletedTask;
        var isRead = Volatile.Read(ref readAt) is var then and not NotRead && (!IsShared || time.GetElapsedTime(then) < ReadAfter);
        if (isRead && outcome.Kind == AttemptOutcome.Done && (!watched.TryGetValue(destination.Name, out var known) || !known.IsAiling)) return ValueTask.CompletedTask;
        return NoteAsync(destination, outcome, status, at, isRead);
    }

    /// <summary>Looks what time alone has made of destinations. The answer is when to look again; null when there is nothing to look for.</summary>
    public async ValueTask<DateTimeOffset?> LookAsync(CancellationToken cancellationToken)
    {
        if (IsShared || Volatile.Read(ref readAt) == NotRead) await ReadAsync(cancellationToken);
        DateTimeOffset? next = null;
        foreach (var one in watched.Values)
        {
            var now = time.GetUtcNow();
            if (!configuration.Current.TryGetDestination(one.Name, out var destination))
            {
                if (now - one.Known.LastAt > Forgotten && !await TryForgetAsync(one, cancellationToken)) return now + WatchedDestination.WriteAfter;
                continue;
            }

            // A store that is away for one is away for the others: they are not each waited for.
            if (one.IsDue(destination.Settings, destination.Standing, now) && !await WriteAsync(one, destination, cancellationToken)) return time.GetUtcNow() + WatchedDestination.WriteAfter;
            if (one.NextAt(destination.Settings, destination.Standing, now) is { } at && !(next < at)) next = at;
        }

        return next;
    }

    /// <summary>Reads what is known of destinations; where it cannot, the next who needs it does.</summary>
    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        // Before the answer, so that of many attempts at once one asks.
        var before = Interlocked.Exchange(ref readAt, time.GetTimestamp());
        try
        {
            var documents = (await state.ListAsync(HealthDocument.Kind, cancellationToken)).ToDictionary(document => document.Name, StringComparer.Ordinal);
            foreach (var name in documents.Keys) watched.GetOrAdd(name, name => new WatchedDestination(name, random));
            foreach (var one in watched.Values) one.Read(HealthDocument.Read(documents.GetValueOrDefault(one.Name)));
        }
        catch (StoreUnavailableException e)
        {
            if (before == NotRead) Volatile.Write(ref readAt, NotRead);
            Log.NotRead(logger, e.Message);
        }
    }

    private async ValueTask NoteAsync(Destination destination, Outcome outcome, DeliveryStatus status, DateTimeOffset at, bool isRead)
    {
        if (!isRead) await ReadAsync(CancellationToken.None);
        // Where it stands may have changed during the attempt.
        if (configuration.Current.TryGetDestination(destination.Name, out var now)) destination = now;
        var isDone = outcome.Kind == AttemptOutcome.Done;
        if (!watched.TryGetValue(destination.Name, out var one) && isDone) return;
        one ??= watched.GetOrAdd(destination.Name, name => new WatchedDestination(name, random));
        if (isDone)
        {
            if (!one.IsAiling) return;
            one.Worked();
        }
        else
        {
            var error = ShownError.Of(outcome, destination.Settings);
            one.Failed(at, error, status == DeliveryStatus.Retrying, status == DeliveryStatus.DeadLettered, outcome.Disables ? error : null);
        }

        // Not cancellable: what is told here is what the end of the process would leave untold.
        if (one.IsDue(destination.Settings, destination.Standing, time.GetUtcNow())) await WriteAsync(one, destination, CancellationToken.None);
    }

    /// <summary>How a destination fares, as far as this process knows: with what others had written when it was read last.</summary>
    public Health Of(Destination destination) => watched.TryGetValue(destination.Name, out var one) ? one.Now(destination.Settings, destination.Standing, time.GetUtcNow()) : Health.Well;

    // False when the store is away.
    private async ValueTask<bool> WriteAsync(WatchedDestination one, Destination destination, CancellationToken cancellationToken)
    {
        if (!one.TryBegin(out var tries)) return true;
        Health? written = null;
        try
        {
            for (var round = 0; round < MostRounds; round++)
            {
                var document = await state.FindAsync(HealthDocument.Kind, one.Name, cancellationToken);
                var found = HealthDocument.Read(document);
                var now = time.GetUtcNow();
                var health = found.After(tries, destination.Settings, destination.Standing, now);
                // First what is to be told is written, then it is told: whoever reads it meanwhile tells the same, which is booked once.
                if (!health.IsNothing && !ReferenceEquals(health, found))
                {
                    document = await state.WriteAsync(HealthDocument.Write(one.Name, health, document?.Version), cancellationToken);
                    if (document is null) continue;
                }

                if (!health.IsNothing) (tries, written) = (Tries.None, health);
                if (health.Untold.Count > 0)
                {
                    foreach (var notice in health.Untold) await TellAsync(notice, cancellationToken);
                    health = health with { Untold = [] };
                    if (!health.IsNothing && await state.WriteAsync(HealthDocument.Write(one.Name, health, document?.Version), cancellationToken) is null) continue;
                }

                if (health.IsNothing && document is not null && !await state.RemoveAsync(document, cancellationToken)) continue;
                if (one.IsOver(health, destination.Settings, destination.Standing, now, out tries)) return true;
                written = null;
            }

            one.PutBack(tries, written, time.GetUtcNow());
            return true;
        }
        catch (StoreUnavailableException e)
        {
            Log.NotWritten(logger, one.Name, e.Message);
            one.PutBack(tries, written, time.GetUtcNow());
            return false;
        }
        catch
        {
            one.PutBack(tries, written, time.GetUtcNow());
            throw;
        }
    }

    private async ValueTask TellAsync(Notice notice, CancellationToken cancellationToken)
    {
        if (notice.Type == Notice.DisabledType)
        {
            // Somebody may have paused, removed or resumed it meanwhile.
            if (!await standings.DisableAsync(notice.Data.Destination, notice.Data.Reason!, notice.At, cancellationToken)) return;
            Telemetry.Disabled.Add(1, new KeyValuePair<string, object?>("destination", notice.Data.Destination));
        }

        await notifier.TellAsync(notice, cancellationToken);
    }

    // False when the store is away.
    private async ValueTask<bool> TryForgetAsync(WatchedDestination one, CancellationToken cancellationToken)
    {
        try
        {
            if (await state.FindAsync(HealthDocument.Kind, one.Name, cancellationToken) is { } document) await state.RemoveAsync(document, cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Log.NotWritten(logger, one.Name, e.Message);
            return false;
        }

        // It does not count as failing any more.
        one.Read(Health.Well);
        watched.TryRemove(one.Name, out _);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The health of destination {Destination} is written down and told later: {Reason}")]
        public static partial void NotWritten(ILogger logger, string destination, string reason);

        [LoggerMessage(2, LogLevel.Warning, "The health of destinations could not be read: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);
    }
}
