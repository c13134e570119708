using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Opening ended deliveries again, purging dead ones, and what earlier process starts left claimed.</summary>
internal sealed partial class Book
{
    private Statement reopen = null!;
    private Statement purge = null!;
    private Statement readOrphans = null!;

    private void PrepareReplays()
    {
        reopen = Prepare("""
            UPDATE deliveries SET status = 0, counted_from = attempt, start = 0, due = ?3, next_at = ?3, place = ?4, token = NULL, reason = NULL, ended_at = NULL
            WHERE event = ?1 AND destination = ?2
            """);
        purge = Prepare("UPDATE deliveries SET status = 5, reason = ?3, ended_at = ?4 WHERE event = ?1 AND destination = ?2");
        readOrphans = Prepare("""
            SELECT e.id, d.destination, d.status, d.attempt, d.counted_from, d.start, d.due, d.token
            FROM deliveries d JOIN events e ON e.seq = d.event WHERE d.due IS NOT NULL AND d.start > 0 AND d.start < ?1 LIMIT ?2
            """);
    }

    public Bell? Replay(DeliveryId delivery, DateTimeOffset due, bool onlyDead)
    {
        if (Seq(delivery.Event) is not { } seq || Read(seq, delivery.Destination) is not { } row) return null;
        if (!row.Status.IsEnd() || (onlyDead && row.Status != DeliveryStatus.DeadLettered)) return null;
        // The dead letter that holds its line goes on in its place; whatever left it before is out of order.
        var holds = row is { Place: Holding, Status: DeliveryStatus.DeadLettered };
        reopen.Bind(seq).Bind(delivery.Destination).Bind(due).Bind(row.Place is null ? null : holds ? Holding : OutOfOrder).Run();
        Move(row.Status, DeliveryStatus.Pending);
        return new Bell(delivery, row.Attempt + 1);
    }

    public bool Purge(DeliveryId delivery, string reason, DateTimeOffset at)
    {
        if (Seq(delivery.Event) is not { } seq || Read(seq, delivery.Destination) is not { Status: DeliveryStatus.DeadLettered } row) return false;
        purge.Bind(seq).Bind(delivery.Destination).Bind(reason).Bind(at).Run();
        Move(DeliveryStatus.DeadLettered, DeliveryStatus.Skipped);
        if (row.Place == Holding) MoveOn(delivery.Destination, row, at);
        return true;
    }

    /// <summary>Claims that earlier process starts made and nobody completed: found by the index, whatever the backlog.</summary>
    public IReadOnlyList<Claim> Orphans(int limit)
    {
        var found = new List<Claim>();
        readOrphans.Bind(Start).Bind(limit);
        while (readOrphans.Step())
        {
            var row = new DeliveryRow((DeliveryStatus)readOrphans.Int(2), readOrphans.Int(3), readOrphans.Int(4), readOrphans.Long(5), readOrphans.TimeOrNull(6), readOrphans.Long(7));
            found.Add(row.Claim(new DeliveryId(readOrphans.Id(0), readOrphans.Text(1))));
        }

        return found;
    }
}
