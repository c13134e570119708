using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Retries;

/// <summary>New attempts that an operator, or a sender's redelivery, asked for.</summary>
public sealed partial class Replayer(LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, TimeProvider time, ILogger<Replayer> logger)
{
    /// <summary>How long the answer to a batch may be on its way back to its sender, which sends again meanwhile.</summary>
    private static readonly TimeSpan JustSplit = TimeSpan.FromMinutes(1);

    /// <summary>Opens one ended delivery again. False when it is not at an end or not there.</summary>
    public async ValueTask<bool> ReplayAsync(DeliveryId delivery, bool onlyDead, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await RingAsync(await store.ReplayAsync(delivery, now + queue.Grace, onlyDead, cancellationToken), now, cancellationToken);
    }

    /// <summary>
    /// Has a batch taken apart once more, so that what is dead of it is replayed. False when it is not taken apart yet, or was only just:
    /// a sender that did not get the answer sends again too, and asks for nothing.
    /// </summary>
    public async ValueTask<bool> SplitAgainAsync(EventId batch, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(batch, cancellationToken) is not { } record) return false;
        if (record.Deliveries.FirstOrDefault(delivery => delivery.Destination == SplitHandler.DestinationName) is not { Status: DeliveryStatus.Delivered } split) return false;
        if (split.Attempts is [.., var last] && time.GetUtcNow() - last.StartedAt < JustSplit) return false;
        return await ReplayAsync(new(batch, SplitHandler.DestinationName), onlyDead: false, cancellationToken);
    }

    /// <summary>
    /// Opens the ended deliveries of an event again and, unless only the dead are meant, adds those to destinations that take the
    /// event now and did not when it came. The answer is how many; 0 also when there is no such event.
    /// </summary>
    public async ValueTask<int> ReplayEventAsync(EventId id, bool onlyDead, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } record) return 0;
        var replayed = 0;
        foreach (var delivery in record.Deliveries)
        {
            if (delivery.Status.IsEnd() && await ReplayAsync(new(id, delivery.Destination), onlyDead, cancellationToken)) replayed++;
        }

        // A batch is taken apart again and goes nowhere else: its events do.
        await shared.EnsureAsync(cancellationToken);
        if (onlyDead || record.Deliveries.Any(delivery => delivery.Destination == SplitHandler.DestinationName) || !configuration.Current.TryGetSource(record.Source, out var source)) return replayed;
        Destination[] others = [.. source.Destinations.Where(destination => destination.TakesType(record.Type) && !record.Deliveries.Any(delivery => delivery.Destination == destination.Name))];
        if (others.Length == 0 || await store.LoadAsync(id, cancellationToken) is not { } webhook) return replayed;
        foreach (var destination in others.Where(destination => destination.Takes(webhook)))
        {
            var now = time.GetUtcNow();
            if (await RingAsync(await store.AddDeliveryAsync(new(id, destination.Name), now + queue.Grace, cancellationToken), now, cancellationToken)) replayed++;
        }

        return replayed;
    }

    /// <summary>Replays one page of dead letters. Those replayed leave the list, so that a job is this until the page is the last.</summary>
    public async ValueTask<JobStep> ReplayDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListDeadAsync(filter, cancellationToken);
        var replayed = 0;
        foreach (var dead in page.Items)
        {
            if (await ReplayAsync(dead.Id, onlyDead: true, cancellationToken)) replayed++;
        }

        return new(replayed, page.Next);
    }

    /// <summary>Ends one page of dead letters as Skipped.</summary>
    public async ValueTask<JobStep> PurgeDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListDeadAsync(filter, cancellationToken);
        var purged = 0;
        foreach (var dead in page.Items)
        {
            if (await store.PurgeAsync(dead.Id, "purged by an operator", time.GetUtcNow(), cancellationToken)) purged++;
        }

        return new(purged, page.Next);
    }

    private async ValueTask<bool> RingAsync(Bell? bell, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (bell is null) return false;
        Telemetry.Replayed.Add(1, new KeyValuePair<string, object?>("destination", bell.Delivery.Destination));
        try
        {
            await queue.RingAsync(bell, now, cancellationToken);
        }
        catch (QueueUnavailableException e)
        {
            Log.NotRung(logger, bell.Delivery, e.Message);
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bell for {Delivery} not rung, its due row brings it back: {Reason}")]
        public static partial void NotRung(ILogger logger, DeliveryId delivery, string reason);
    }
}

/// <summary>What one step of a job did, and where the next goes on; null when the job is done.</summary>
public readonly record struct JobStep(int Done, string? Next);
