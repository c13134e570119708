using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Keeping events and their deliveries.</summary>
internal sealed partial class Book
{
    private Statement insertEvent = null!;
    private Statement lastSeq = null!;
    private Statement insertDelivery = null!;
    private Statement compareBody = null!;
    private Statement findDead = null!;
    private Statement findSeq = null!;
    private Statement release = null!;

    private void PrepareBooking()
    {
        insertEvent = Prepare("INSERT INTO events(id, source, type, key, received_at, headers, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(id) DO NOTHING");
        lastSeq = Prepare("SELECT last_insert_rowid()");
        insertDelivery = Prepare("""
            INSERT INTO deliveries(event, destination, status, attempt, counted_from, start, due, next_at, token, order_key, place, sent_at)
            VALUES(?1, ?2, 0, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            ON CONFLICT DO NOTHING
            """);
        compareBody = Prepare("SELECT seq, body = ?2 FROM events WHERE id = ?1");
        findDead = Prepare("SELECT 1 FROM deliveries WHERE event = ?1 AND status = 3 LIMIT 1");
        release = Prepare("UPDATE deliveries SET attempt = 0, start = 0, due = ?4, token = NULL WHERE event = ?1 AND destination = ?2 AND token = ?3 AND attempt = 1 AND start > 0");
        findSeq = Prepare("SELECT seq FROM events WHERE id = ?1");
    }

    public Booked Keep(Booking booking)
    {
        var webhook = booking.Event;
        var inserted = insertEvent.Bind(webhook.Id).Bind(webhook.Source).Bind(webhook.Type).Bind(webhook.IdempotencyKey)
            .Bind(webhook.ReceivedAt).Bind(webhook.Headers.Encode()).Bind(webhook.Body.Span).Run();
        if (inserted == 0) return Duplicate(webhook);

        counts[0]++;
        lastSeq.Step();
        var seq = lastSeq.Long(0);
        lastSeq.Reset();
        foreach (var delivery in booking.Deliveries)
        {
            var start = delivery.Lease is not null ? Start : delivery.Place is { } place && Head(delivery.Destination, place.Key) is not null ? Behind : 0;
            insertDelivery.Bind(seq).Bind(delivery.Destination).Bind(delivery.Lease is null ? 0 : 1).Bind(start)
                .Bind(delivery.Due).Bind(webhook.ReceivedAt).Bind(delivery.Lease?.Token)
                .Bind(delivery.Place?.Key).Bind(delivery.Place is null ? null : delivery.Place.Holds ? Holding : InLine).Bind(delivery.Place?.SentAt?.UtcTicks).Run();
            Count(DeliveryStatus.Pending, 1);
        }

        return new Booked(IsDuplicate: false);
    }

    /// <summary>Adds a delivery to a kept event.</summary>
    public Bell? Add(DeliveryId delivery, DateTimeOffset due)
    {
        if (Seq(delivery.Event) is not { } seq) return null;
        if (insertDelivery.Bind(seq).Bind(delivery.Destination).Bind(0L).Bind(0L).Bind(due).Bind(due).Bind((long?)null).Bind((string?)null).Bind((long?)null).Bind((long?)null).Run() == 0) return null;
        Count(DeliveryStatus.Pending, 1);
        return new Bell(delivery, 1);
    }

    /// <summary>Takes back the claims that deliveries were born with, which nobody has used: they wait as any other.</summary>
    public bool Release(Booking booking, DateTimeOffset due)
    {
        if (Seq(booking.Event.Id) is not { } seq) return false;
        foreach (var delivery in booking.Deliveries)
        {
            if (delivery.Lease is { } lease) release.Bind(seq).Bind(delivery.Destination).Bind(lease.Token).Bind(due).Run();
        }

        return true;
    }

    private Booked Duplicate(WebhookEvent webhook)
    {
        compareBody.Bind(webhook.Id).Bind(webhook.Body.Span).Step();
        var (seq, same) = (compareBody.Long(0), compareBody.Long(1) == 1);
        compareBody.Reset();
        var dead = findDead.Bind(seq).Step();
        findDead.Reset();
        return new Booked(IsDuplicate: true, IsConflict: !same, HasDeadLetter: dead);
    }

    private long? Seq(EventId id)
    {
        var seq = findSeq.Bind(id).Step() ? findSeq.Long(0) : (long?)null;
        findSeq.Reset();
        return seq;
    }
}
