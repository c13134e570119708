using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>What is due: of each destination by itself, and the claims whose lease ran out.</summary>
internal sealed partial class Reader
{
    private Statement due = null!;
    private Statement nextDue = null!;
    private Statement nextWaiting = null!;
    private Statement lapsed = null!;
    private Statement nextLapse = null!;

    private void PrepareDue()
    {
        due = Prepare("""
            SELECT e.id, d.attempt, d.due FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.destination = ?1 AND d.start = 0 AND d.due IS NOT NULL AND d.due <= ?2 ORDER BY d.due, d.event LIMIT ?3
            """);
        nextDue = Prepare("SELECT min(due) FROM deliveries WHERE destination = ?1 AND start = 0 AND due IS NOT NULL AND due > ?2");
        nextWaiting = Prepare("SELECT destination, due FROM deliveries WHERE destination > ?1 AND start = 0 AND due IS NOT NULL ORDER BY destination, due LIMIT 1");
        lapsed = Prepare("""
            SELECT e.id, d.destination, d.attempt, d.counted_from, d.due, d.token FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.start = ?1 AND d.start > 0 AND d.due IS NOT NULL AND d.due <= ?2 ORDER BY d.due LIMIT ?3
            """);
        nextLapse = Prepare("SELECT min(due) FROM deliveries WHERE start = ?1 AND start > 0 AND due IS NOT NULL AND due > ?2");
    }

    /// <summary>What is due of any destination, oldest first.</summary>
    /// <param name="start">This process's start: claims of others are no matter of time.</param>
    public DueRows Due(long start, DateTimeOffset upTo, int limit)
    {
        var (claims, next) = Lapsed(start, upTo, limit);
        var found = claims.Select(claim => new DueRow(new Bell(claim.Delivery, claim.Attempt), claim.Lease.Until)).ToList();
        foreach (var (destination, _) in Waiting())
        {
            var rows = Due(destination, upTo, limit);
            found.AddRange(rows.Rows);
            if (next is null || rows.Next < next) next = rows.Next ?? next;
        }

        found.Sort(static (a, b) => a.Due.CompareTo(b.Due));
        if (found.Count > limit) found.RemoveRange(limit, found.Count - limit);
        return new DueRows(found, found.Count == limit ? null : next);
    }

    /// <summary>What is due of one destination, oldest first and in the order of keeping.</summary>
    public DueRows Due(string destination, DateTimeOffset upTo, int limit)
    {
        var found = new List<DueRow>();
        due.Bind(destination).Bind(upTo).Bind(limit);
        while (due.Step()) found.Add(new(new Bell(new DeliveryId(due.Id(0), destination), due.Int(1) + 1), due.Time(2)));
        if (found.Count == limit) return new(found, null);
        nextDue.Bind(destination).Bind(upTo).Step();
        var next = nextDue.TimeOrNull(0);
        nextDue.Reset();
        return new(found, next);
    }

    /// <summary>The destinations that deliveries wait for, each with the moment of the first: one look at the index for each, however many wait.</summary>
    public IReadOnlyList<(string Destination, DateTimeOffset Due)> Waiting()
    {
        var found = new List<(string Destination, DateTimeOffset Due)>();
        for (var last = ""; nextWaiting.Bind(last).Step(); last = found[^1].Destination)
        {
            found.Add((nextWaiting.Text(0), nextWaiting.Time(1)));
            nextWaiting.Reset();
        }

        return found;
    }

    /// <summary>Claims of this process's start whose lease ran out, and when the next one's does.</summary>
    public (IReadOnlyList<Claim> Claims, DateTimeOffset? Next) Lapsed(long start, DateTimeOffset upTo, int limit)
    {
        var found = new List<Claim>();
        lapsed.Bind(start).Bind(upTo).Bind(limit);
        while (lapsed.Step())
        {
            found.Add(new Claim
            {
                Delivery = new DeliveryId(lapsed.Id(0), lapsed.Text(1)), Attempt = lapsed.Int(2), CountedFrom = lapsed.Int(3), Lease = new Lease(lapsed.Long(5), lapsed.Time(4)),
            });
        }

        nextLapse.Bind(start).Bind(upTo).Step();
        var next = nextLapse.TimeOrNull(0);
        nextLapse.Reset();
        return (found, next);
    }
}
