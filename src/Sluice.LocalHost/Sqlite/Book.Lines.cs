using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>
/// Deliveries that go one after another. The order of keeping is that of their events, and one index over who stands in a line says who is
/// first; whoever is not is put aside, and made due in the transaction that ends the one before.
/// </summary>
internal sealed partial class Book
{
    // deliveries.start of one that waits for others.
    private const long Behind = -2;

    // deliveries.place.
    private const long OutOfOrder = -1;
    private const long InLine = 0;
    private const long Holding = 1;

    private Statement findHead = null!;
    private Statement putAside = null!;
    private Statement giveTurn = null!;
    private Statement latestSent = null!;
    private Statement findHeld = null!;

    private void PrepareLines()
    {
        findHead = Prepare("""
            SELECT d.event, d.status, d.start, d.attempt, e.id FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.destination = ?1 AND d.order_key = ?2 AND d.place >= 0 AND (d.due IS NOT NULL OR (d.status = 3 AND d.place = 1)) ORDER BY d.event LIMIT 1
            """);
        putAside = Prepare("UPDATE deliveries SET start = -2 WHERE event = ?1 AND destination = ?2 AND start IN (-1, 0)");
        giveTurn = Prepare("UPDATE deliveries SET start = 0, due = ?3 WHERE event = ?1 AND destination = ?2 AND start = -2");
        latestSent = Prepare("SELECT max(sent_at) FROM deliveries WHERE destination = ?1 AND order_key = ?2 AND status = 2 AND sent_at IS NOT NULL");
        findHeld = Prepare("SELECT destination, order_key FROM deliveries WHERE event = ?1 AND status = 3 AND place = 1");
    }

    // Whoever is not first is neither due nor parked until it is.
    private bool IsFirst(long seq, string destination, DeliveryRow row)
    {
        if (Head(destination, row.OrderKey!)?.Event == seq) return true;
        putAside.Bind(seq).Bind(destination).Run();
        return false;
    }

    // After an end, whose turn it is now; null where that is nobody's, or it still holds its line itself.
    private Bell? MoveOn(string destination, DeliveryRow ended, DateTimeOffset at) => ended.IsInLine ? MoveOn(destination, ended.OrderKey!, at) : null;

    private Bell? MoveOn(string destination, string key, DateTimeOffset at)
    {
        if (Head(destination, key) is not { } head || head.Status.IsEnd()) return null;
        if (head.Start == Behind) giveTurn.Bind(head.Event).Bind(destination).Bind(at).Run();
        // A parked one goes when its destination does, a claimed one is under way.
        return head.Start is 0 or Behind ? new Bell(new(head.Id, destination), head.Attempt + 1) : null;
    }

    private ClaimedPlace? PlaceOf(string destination, DeliveryRow row)
    {
        if (row.Place is null) return null;
        return new(row.Place == OutOfOrder, row.SentAt, row.SentAt is null ? null : LatestSent(destination, row.OrderKey!));
    }

    private DateTimeOffset? LatestSent(string destination, string key)
    {
        latestSent.Bind(destination).Bind(key).Step();
        DateTimeOffset? latest = latestSent.IsNull(0) ? null : new(latestSent.Long(0), TimeSpan.Zero);
        latestSent.Reset();
        return latest;
    }

    private (long Event, DeliveryStatus Status, long Start, int Attempt, EventId Id)? Head(string destination, string key)
    {
        findHead.Bind(destination).Bind(key);
        (long, DeliveryStatus, long, int, EventId)? head = findHead.Step() ? (findHead.Long(0), (DeliveryStatus)findHead.Int(1), findHead.Long(2), findHead.Int(3), findHead.Id(4)) : null;
        findHead.Reset();
        return head;
    }

    // The lines that dead letters of an event hold.
    private List<(string Destination, string Key)> HeldBy(long seq)
    {
        var held = new List<(string, string)>();
        findHeld.Bind(seq);
        while (findHeld.Step()) held.Add((findHeld.Text(0), findHeld.Text(1)));
        return held;
    }
}
