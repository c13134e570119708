using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.Inspection;

namespace Sluice.LocalHost.Sqlite;

/// <summary>A reading connection with its statements. One at a time uses it. The lists stand in the other part.</summary>
internal sealed partial class Reader : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly List<Statement> statements = [];
    private readonly Statement load;
    private readonly Statement find;
    private readonly Statement list;
    private readonly Statement deliveries;
    private readonly Statement attempts;
    private readonly Statement dead;
    private readonly Statement learned;
    private readonly Statement counts;
    private readonly Statement begin;
    private readonly Statement end;

    public Reader(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Prepare("BEGIN");
        end = Prepare("COMMIT");
        const string columns = "seq, id, source, type, key, received_at, headers";
        load = Prepare($"SELECT {columns}, body FROM events WHERE id = ?1");
        find = Prepare($"SELECT {columns}, length(body) FROM events WHERE id = ?1");
        list = Prepare($"SELECT {columns}, length(body) FROM events WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
        deliveries = Prepare("SELECT destination, status, reason, next_at, place = -1 FROM deliveries WHERE event = ?1 ORDER BY destination");
        attempts = Prepare("SELECT number, outcome, status_code, error, started_at, duration FROM attempts WHERE event = ?1 AND destination = ?2 ORDER BY number");
        dead = Prepare("""
            SELECT d.event, e.id, d.destination, e.source, e.type, d.reason, d.ended_at,
                (SELECT status_code FROM attempts a WHERE a.event = d.event AND a.destination = d.destination ORDER BY number DESC LIMIT 1),
                (SELECT count(*) FROM attempts a WHERE a.event = d.event AND a.destination = d.destination)
            FROM deliveries d JOIN events e ON e.seq = d.event
            WHERE d.status = 3 AND (d.ended_at, d.event, d.destination) < (?1, ?2, ?3)
            ORDER BY d.ended_at DESC, d.event DESC, d.destination DESC LIMIT ?4
            """);
        PrepareDue();
        PrepareQuarantine();
        PrepareState();
        counts = Prepare("SELECT events, pending, retrying, delivered, dead, expired, skipped FROM counts");
        learned = Prepare("SELECT secret FROM learned WHERE source = ?1");
    }

    public WebhookEvent? Load(EventId id)
    {
        var row = load.Bind(id).Step() ? load.Event(1) : null;
        load.Reset();
        return row;
    }

    public EventRecord? Find(EventId id)
    {
        using var snapshot = new Snapshot(this);
        var row = find.Bind(id).Step() ? Record(find) : null;
        find.Reset();
        return row;
    }

    /// <summary>The sums of what the other reads find.</summary>
    public Stats Count()
    {
        counts.Step();
        var (pending, retrying, delivered, dead, expired, skipped) = (counts.Long(1), counts.Long(2), counts.Long(3), counts.Long(4), counts.Long(5), counts.Long(6));
        var stats = new Stats(counts.Long(0), pending + retrying + delivered + dead + expired + skipped, pending, retrying, delivered, dead, expired, skipped);
        counts.Reset();
        return stats;
    }

    /// <summary>The secret that a source has learned, or null.</summary>
    public string? Learned(string source)
    {
        var secret = learned.Bind(source).Step() ? learned.Text(0) : null;
        learned.Reset();
        return secret;
    }

    public void Dispose()
    {
        foreach (var statement in statements) statement.Dispose();
        connection.Dispose();
    }

    private EventRecord Record(Statement row) => new()
    {
        Id = row.Id(1), Source = row.Text(2), Type = row.Text(3), IdempotencyKey = row.Text(4), ReceivedAt = row.Time(5),
        Headers = HeaderList.Decode(row.Text(6)), BodyBytes = row.Int(7), Deliveries = Deliveries(row.Long(0)),
    };

    private List<DeliveryRecord> Deliveries(long seq)
    {
        var found = new List<DeliveryRecord>();
        deliveries.Bind(seq);
        while (deliveries.Step())
        {
            var destination = deliveries.Text(0);
            found.Add(new DeliveryRecord
            {
                Destination = destination, Status = (DeliveryStatus)deliveries.Int(1), Reason = deliveries.TextOrNull(2),
                NextAttemptAt = deliveries.TimeOrNull(3), IsOutOfOrder = deliveries.Int(4) == 1, Attempts = Attempts(seq, destination),
            });
        }

        return found;
    }

    private List<Attempt> Attempts(long seq, string destination)
    {
        var found = new List<Attempt>();
        attempts.Bind(seq).Bind(destination);
        while (attempts.Step())
        {
            found.Add(new Attempt
            {
                Number = attempts.Int(0), Outcome = (AttemptOutcome)attempts.Int(1), StatusCode = attempts.IsNull(2) ? null : attempts.Int(2),
                Error = attempts.TextOrNull(3), StartedAt = attempts.Time(4), Duration = TimeSpan.FromTicks(attempts.Long(5)),
            });
        }

        return found;
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(connection, sql);
        statements.Add(statement);
        return statement;
    }

    /// <summary>One state of the book over several statements.</summary>
    private readonly ref struct Snapshot
    {
        private readonly Reader reader;

        public Snapshot(Reader reader)
        {
            this.reader = reader;
            reader.begin.Run();
        }

        public void Dispose() => reader.end.Run();
    }
}
