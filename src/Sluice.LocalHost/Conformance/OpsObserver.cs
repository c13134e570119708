using Sluice.Events;
using Sluice.Inspection;

namespace Sluice.LocalHost.Conformance;

/// <summary>Asks a Sluice, event by event.</summary>
internal sealed class OpsObserver(IOperations operations) : IKeptObserver
{
    private const int AtOnce = 8;

    public async Task<IReadOnlyList<Observed>> LookAsync(IReadOnlyList<PlayedEvent> events, CancellationToken cancellationToken)
    {
        var observed = new Observed[events.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, events.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
            observed[i] = await LookAsync(events[i], token));
        return observed;
    }

    private async Task<Observed> LookAsync(PlayedEvent played, CancellationToken cancellationToken)
    {
        var kept = await FindAsync(Ids(played), cancellationToken);
        var isReceived = kept.Count > 0 || (await FindAsync(played.Batches.Select(batch => batch.Id), cancellationToken)).Count > 0;
        var deliveries = kept.SelectMany(view => view.Deliveries).ToList();
        return new(
            kept.Count,
            isReceived,
            kept.Count >= played.Count && deliveries.TrueForAll(delivery => delivery.Status == DeliveryStatus.Delivered),
            kept.Count >= played.Count && deliveries.TrueForAll(delivery => delivery.Status is not (DeliveryStatus.Pending or DeliveryStatus.Retrying)));
    }

    // What a batch is answered with is the batch's own id. Of an event the answer may know what we do not: an id that is different each time.
    private static IEnumerable<EventId> Ids(PlayedEvent played)
    {
        var ids = played.Items.Select(item => item.Id);
        return played.Batches.Count > 0 ? ids : ids.Concat(played.Answered).Distinct();
    }

    private async Task<List<EventView>> FindAsync(IEnumerable<EventId> ids, CancellationToken cancellationToken)
    {
        var found = new List<EventView>();
        foreach (var id in ids)
        {
            if (await operations.EventAsync(id, cancellationToken) is { } view) found.Add(view);
        }

        return found;
    }
}
