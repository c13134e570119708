using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>Deliveries of the book in memory that go one after another.</summary>
public sealed partial class InMemoryEventStore
{
    private readonly Dictionary<(string Destination, string Key), Line> lines = [];

    private Line LineOf(KeptDelivery delivery)
    {
        var name = (delivery.Id.Destination, delivery.Place!.Key);
        return lines.TryGetValue(name, out var line) ? line : lines[name] = new Line();
    }

    private ClaimedPlace? ClaimedPlace(KeptDelivery delivery) =>
        delivery.Place is { } place ? new(delivery.IsOutOfOrder, place.SentAt, place.SentAt is null ? null : LineOf(delivery).Latest?.SentAt) : null;

    private void NoteSent(KeptDelivery delivery)
    {
        if (delivery.Place?.SentAt is { } sentAt && !(sentAt < LineOf(delivery).Latest?.SentAt)) LineOf(delivery).Latest = (sentAt, delivery.Id.Event);
    }

    // Whose turn it is now that this one is not in its line any more.
    private Bell? MoveOn(KeptDelivery left, DateTimeOffset at)
    {
        if (left.Place is null || left.IsOutOfOrder || left.IsInLine || LineOf(left).First is not { } first || first.Status.IsEnd()) return null;
        if (first.IsBehind) (first.IsBehind, first.Due) = (false, at);
        return first.Lease is null && !first.IsParked ? first.Bell : null;
    }

    private void LetGo(KeptEvent kept, DateTimeOffset now)
    {
        foreach (var delivery in kept.Deliveries.Where(delivery => delivery.Place is not null))
        {
            var line = LineOf(delivery);
            delivery.IsGone = true;
            if (line.Latest?.Event == kept.Event.Id) line.Latest = null;
            MoveOn(delivery, now);
            if (line is { First: null, Latest: null }) lines.Remove((delivery.Id.Destination, delivery.Place!.Key));
        }
    }

    private sealed class Line
    {
        private readonly LinkedList<KeptDelivery> deliveries = [];

        /// <summary>The latest of the senders' times that were delivered, and whose it is.</summary>
        public (DateTimeOffset SentAt, EventId Event)? Latest { get; set; }

        public KeptDelivery? First
        {
            get
            {
                // Whoever has left never comes back.
                while (deliveries.First is { Value.IsInLine: false }) deliveries.RemoveFirst();
                return deliveries.First?.Value;
            }
        }

        public void Add(KeptDelivery delivery) => deliveries.AddLast(delivery);
    }
}
