using Sluice.Events;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Letting go of old events.</summary>
internal sealed partial class Book
{
    private Statement readOld = null!;
    private Statement readUnfinished = null!;
    private Statement expire = null!;
    private Statement countEnded = null!;
    private Statement deleteAttempts = null!;
    private Statement deleteDeliveries = null!;
    private Statement deleteEvent = null!;

    // The order of keeping is not quite the order of receiving: within one commit two requests may stand the other way round.
    // Retention goes by the order of keeping and stops at the first that is young enough; what it passes over, the next run meets.
    private void PrepareRetention()
    {
        readOld = Prepare("SELECT seq, received_at FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        readUnfinished = Prepare("SELECT destination, status, start, due, attempt FROM deliveries WHERE event = ?1 AND due IS NOT NULL");
        expire = Prepare("UPDATE deliveries SET status = 4, start = 0, due = NULL, next_at = NULL, token = NULL, reason = 'older than the retention', ended_at = ?3 WHERE event = ?1 AND destination = ?2");
        countEnded = Prepare("SELECT status, count(*) FROM deliveries WHERE event = ?1 GROUP BY status");
        deleteAttempts = Prepare("DELETE FROM attempts WHERE event = ?1");
        deleteDeliveries = Prepare("DELETE FROM deliveries WHERE event = ?1");
        deleteEvent = Prepare("DELETE FROM events WHERE seq = ?1");
    }

    public Retained Retain(DateTimeOffset before, int limit, DateTimeOffset now)
    {
        var old = new List<long>();
        readOld.Bind(0L).Bind(limit);
        while (readOld.Step())
        {
            if (readOld.Time(1) >= before)
            {
                readOld.Reset();
                break;
            }

            old.Add(readOld.Long(0));
        }

        var (expired, deleted) = (0, 0);
        foreach (var seq in old)
        {
            var unfinished = Expire(seq, now);
            expired += unfinished.Expired;
            if (unfinished is { Expired: 0, Held: 0 })
            {
                Delete(seq);
                deleted++;
            }
        }

        return new Retained(expired, deleted);
    }

    private (int Expired, int Held) Expire(long seq, DateTimeOffset now)
    {
        var open = new List<(string Destination, DeliveryStatus Status, int? Lapsed)>();
        var held = 0;
        readUnfinished.Bind(seq);
        while (readUnfinished.Step())
        {
            if (readUnfinished.Long(2) == Start && readUnfinished.Time(3) > now) held++;
            else open.Add((readUnfinished.Text(0), (DeliveryStatus)readUnfinished.Int(1), readUnfinished.Long(2) <= 0 ? null : readUnfinished.Int(4)));
        }

        foreach (var (destination, status, lapsed) in open)
        {
            if (lapsed is { } number)
            {
                writeAttempt.Bind(seq).Bind(destination).Bind(number).Bind((long)AttemptOutcome.Unknown).Bind((long?)null)
                    .Bind("its lease ended without an outcome").Bind(now).Bind(0L).Run();
            }

            expire.Bind(seq).Bind(destination).Bind(now).Run();
            Move(status, DeliveryStatus.Expired);
        }

        return (open.Count, held);
    }

    private void Delete(long seq)
    {
        countEnded.Bind(seq);
        while (countEnded.Step()) Count((DeliveryStatus)countEnded.Int(0), -countEnded.Int(1));
        deleteAttempts.Bind(seq).Run();
        deleteDeliveries.Bind(seq).Run();
        deleteEvent.Bind(seq).Run();
        counts[0]--;
    }
}
