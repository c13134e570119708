using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Claiming what is due of a destination, as much at once as there are workers for.</summary>
internal sealed partial class Book
{
    private Statement readDue = null!;
    private Statement nextDue = null!;

    private void PrepareTaking()
    {
        readDue = Prepare("""
            SELECT d.event, d.status, d.attempt, d.counted_from, d.due, d.order_key, d.place, d.sent_at, e.id, e.source, e.type, e.key, e.received_at, e.headers, e.body
            FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.destination = ?1 AND d.start = 0 AND d.due IS NOT NULL AND d.due <= ?2 ORDER BY d.due, d.event LIMIT ?3
            """);
        nextDue = Prepare("SELECT min(due) FROM deliveries WHERE destination = ?1 AND start = 0 AND due IS NOT NULL");
    }

    /// <summary>Claims what is due, oldest first and in the order of keeping, at most as many as there are leases.</summary>
    public TakenClaims Take(string destination, IReadOnlyList<Lease> leases, DateTimeOffset now)
    {
        // First the rows: a claim moves them in the index that they are found by.
        var rows = new List<(long Seq, DeliveryRow Row, WebhookEvent Event)>(leases.Count);
        readDue.Bind(destination).Bind(now).Bind(leases.Count);
        while (readDue.Step())
        {
            var row = new DeliveryRow((DeliveryStatus)readDue.Int(1), readDue.Int(2), readDue.Int(3), 0, readDue.Time(4), 0)
            {
                OrderKey = readDue.TextOrNull(5), Place = readDue.IsNull(6) ? null : readDue.Long(6), SentAt = readDue.IsNull(7) ? null : new(readDue.Long(7), TimeSpan.Zero),
            };
            rows.Add((readDue.Long(0), row, readDue.Event(8)));
        }

        var claims = new List<Claim>(rows.Count);
        foreach (var (seq, row, webhook) in rows)
        {
            var bell = new Bell(new DeliveryId(webhook.Id, destination), row.Attempt + 1);
            if (Claim(seq, bell, row, leases[claims.Count]) is { } claim) claims.Add(claim with { Event = webhook });
        }

        if (rows.Count == leases.Count) return new(claims, IsMore: true, null);
        nextDue.Bind(destination).Step();
        var next = nextDue.TimeOrNull(0);
        nextDue.Reset();
        return new(claims, IsMore: false, next);
    }
}

/// <summary>What was claimed of a destination, with its events.</summary>
/// <param name="IsMore">More may be due.</param>
/// <param name="Next">Where no more is due: when the next delivery is.</param>
internal readonly record struct TakenClaims(IReadOnlyList<Claim> Claims, bool IsMore, DateTimeOffset? Next);
