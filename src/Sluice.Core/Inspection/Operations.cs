using Sluice.Events;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Inspection;

/// <summary>The operator's doings, straight to the book.</summary>
public sealed class Operations(IEventStore store, Replayer replayer) : IOperations
{
    public async Task<Page<EventView>> EventsAsync(EventFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListAsync(filter, cancellationToken);
        return new([.. page.Items.Select(record => EventView.Of(record, whole: false))], page.Next);
    }

    public async Task<EventView?> EventAsync(EventId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } record ? EventView.Of(record, whole: true) : null;

    public async Task<byte[]?> BodyAsync(EventId id, CancellationToken cancellationToken) =>
        (await store.LoadAsync(id, cancellationToken))?.Body.ToArray();

    public async Task<int?> ReplayAsync(EventId id, string? destination, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } record) return null;
        if (destination is null) return await replayer.ReplayEventAsync(id, onlyDead: false, cancellationToken);
        if (!record.Deliveries.Any(delivery => delivery.Destination == destination)) return null;
        return await replayer.ReplayAsync(new DeliveryId(id, destination), onlyDead: false, cancellationToken) ? 1 : 0;
    }

    public async Task<Page<DeadLetterView>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var page = await store.ListDeadAsync(filter, cancellationToken);
        return new([.. page.Items.Select(DeadLetterView.Of)], page.Next);
    }

    public async Task<JobStep> ReplayDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => await replayer.ReplayDeadAsync(filter, cancellationToken);

    public async Task<JobStep> PurgeDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) => await replayer.PurgeDeadAsync(filter, cancellationToken);

    public async Task<Stats> StatsAsync(CancellationToken cancellationToken) => await store.CountAsync(cancellationToken);
}
