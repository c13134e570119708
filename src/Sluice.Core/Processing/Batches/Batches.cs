using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>
/// Where the deliveries of destinations with a <c>Batch</c> gather: parked in the book until there are enough of them or the first has waited
/// long enough. Whoever parks one looks, and claims what is ready; whoever finds none ready has somebody rung for when it will be.
/// </summary>
public sealed partial class Batches(LiveConfiguration configuration, IEventStore store, ITaskQueue queue, Pacing pacing, TimeProvider time, Random random, ILogger<Batches> logger)
{
    private readonly ConcurrentDictionary<string, Gathering> gatherings = new(StringComparer.Ordinal);

    /// <summary>Parks the delivery that a bell is about. False when it does not wait for the bell's attempt: somebody holds it or did, or it has moved on.</summary>
    /// <exception cref="StoreUnavailableException">The due row, or the next look, brings it back.</exception>
    internal async ValueTask<bool> JoinAsync(Bell bell, Destination destination, CancellationToken cancellationToken)
    {
        var (gathering, now) = (Of(destination), time.GetUtcNow());
        try
        {
            if (!await store.ParkAsync(bell, now, cancellationToken)) return false;
            var size = await SizeAsync(bell.Delivery, cancellationToken);
            using var turn = await gathering.EnterAsync();
            gathering.Add(bell.Delivery, size, now, destination.Settings.Batch!);
            return true;
        }
        catch (StoreUnavailableException)
        {
            // It may be parked all the same, and then nothing else would bring it back.
            using var turn = await gathering.EnterAsync();
            gathering.Forget(now);
            throw;
        }
    }

    /// <summary>Claims the next batch, if one is ready and its destination may be given one: its deliveries, oldest first. Empty when not, or others have claimed it.</summary>
    /// <exception cref="StoreUnavailableException">Nothing could be claimed.</exception>
    internal async ValueTask<ClaimedBatch> TakeAsync(Destination destination, CancellationToken cancellationToken)
    {
        var options = destination.Settings.Batch!;
        var gathering = Of(destination);
        using var turn = await gathering.EnterAsync();
        var now = time.GetUtcNow();
        if (await pacing.HoldsAsync(destination, cancellationToken)) return LeftToPacing(destination, gathering);
        if (!gathering.WantsLook(options, now)) return ClaimedBatch.None;

        var parked = await store.ParkedAsync(destination.Name, options.Events + 1, cancellationToken);
        var sizes = await SizesAsync(parked, gathering, options, cancellationToken);
        gathering.See(parked, sizes, now);
        var plan = BatchPlan.Of(parked, sizes, options, now);
        if (plan.Count == 0)
        {
            if (gathering.Await(plan.At)) await RingAsync(parked[0].Bell, plan.At!.Value, cancellationToken);
            return ClaimedBatch.None;
        }

        // One batch is one attempt: whether the destination may be given one now is asked here, once, before anything is claimed.
        var admission = await pacing.AdmitAsync(destination, cancellationToken);
        if (admission.Kind == AdmissionKind.Park) return LeftToPacing(destination, gathering);
        if (admission.Kind == AdmissionKind.At)
        {
            gathering.Hold(admission.Moment);
            await RingAsync(parked[0].Bell, admission.Moment, cancellationToken);
            return ClaimedBatch.None;
        }

        gathering.Forget(now + options.Wait);
        IReadOnlyList<Claim> claims = [];
        try
        {
            claims = await ClaimAsync(parked, plan.Count, destination, now, cancellationToken);
        }
        finally
        {
            if (claims.Count == 0) await pacing.ReturnAsync(destination, admission.Permit);
        }

        // Somebody else looks after the others meanwhile. Not cancellable: what is claimed is handed to whoever sends it, with its permit.
        if (parked.Count > plan.Count) await RingAsync(parked[plan.Count].Bell, now, CancellationToken.None);
        return claims.Count == 0 ? ClaimedBatch.None : new(claims, admission.Permit);
    }

    /// <summary>
    /// Rings for every destination whose first delivery has waited long enough although nobody came: a bell was lost, or the process that waited
    /// has ended. The answer is when to look again; null when nothing waits.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The next look goes on.</exception>
    public async ValueTask<DateTimeOffset?> RingReadyAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset? next = null;
        foreach (var destination in configuration.Current.Destinations)
        {
            if (destination.IsBatching && await RingReadyAsync(destination, cancellationToken) is { } look && !(look >= next)) next = look;
        }

        return next;
    }

    /// <summary>The same for one destination.</summary>
    public async ValueTask<DateTimeOffset?> RingReadyAsync(Destination destination, CancellationToken cancellationToken)
    {
        var wait = destination.Settings.Batch!.Wait;
        var gathering = Of(destination);
        using var turn = await gathering.EnterAsync();
        var now = time.GetUtcNow();
        // Where the book itself is waited on nobody parks but this process.
        if (queue.Grace > TimeSpan.Zero || gathering.NextLook <= now)
        {
            var parked = await store.ParkedAsync(destination.Name, 1, cancellationToken);
            var at = parked.Count == 0 ? null : parked[0].Due + wait as DateTimeOffset?;
            if (at is not null && await pacing.HoldsAsync(destination, cancellationToken)) LeftToPacing(destination, gathering);
            else if (at <= now || (at is not null && gathering.IsReady))
            {
                gathering.Forget(now + wait);
                await RingAsync(parked[0].Bell, now, cancellationToken);
            }
            else gathering.Await(at);
        }

        return gathering.NextLook < DateTimeOffset.MaxValue ? gathering.NextLook : null;
    }

    // It goes when its destination does, and whoever lets it go rings.
    private ClaimedBatch LeftToPacing(Destination destination, Gathering gathering)
    {
        gathering.Hold(null);
        pacing.Parked(destination.Name);
        return ClaimedBatch.None;
    }

    private Gathering Of(Destination destination) => gatherings.GetOrAdd(destination.Name, static _ => new());

    private async ValueTask<int> SizeAsync(DeliveryId delivery, CancellationToken cancellationToken) => (await store.LoadAsync(delivery.Event, cancellationToken))?.Body.Length ?? 0;

    // One body after another and no further than a batch can reach.
    private async ValueTask<IReadOnlyList<int>> SizesAsync(IReadOnlyList<DueRow> parked, Gathering gathering, BatchOptions options, CancellationToken cancellationToken)
    {
        var sizes = new List<int>(parked.Count);
        for (var bytes = 0L; sizes.Count < Math.Min(parked.Count, options.Events) && bytes < options.Bytes; bytes += sizes[^1])
        {
            var delivery = parked[sizes.Count].Bell.Delivery;
            sizes.Add(gathering.SizeOf(delivery) ?? await SizeAsync(delivery, cancellationToken));
        }

        return sizes;
    }

    private async ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
    {
        try
        {
            await queue.RingAsync(bell with { AgainAt = at }, at, cancellationToken);
        }
        catch (QueueUnavailableException e)
        {
            Log.NotRung(logger, bell.Delivery, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bell for the batch of {Delivery} not rung, the next look brings it back: {Reason}")]
        public static partial void NotRung(ILogger logger, DeliveryId delivery, string reason);
    }
}
