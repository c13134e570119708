using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.LocalHost.Sqlite;
using Sluice.Processing;
using Sluice.Quarantine;
using Sluice.Storage;
using SQLitePCL;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>No statement's cost grows with the backlog: SQLite answers each by an index, and sorts nothing.</summary>
public sealed class QueryPlanTests : IDisposable
{
    private static readonly DateTimeOffset Now = KeptBook.Now;

    private readonly KeptBook book = new();

    public void Dispose() => book.Dispose();

    [Fact]
    public void Reading_searches_by_an_index()
    {
        using var connection = Watched(book.Database.OpenReader());
        using var reader = new Reader(connection);
        reader.Due(1, Now, 10);
        reader.Due("billing", Now, 10);
        reader.List(new());
        reader.ListDead(new());
        reader.Load(KeptBook.Event("evt_1").Id);
        reader.Find(KeptBook.Event("evt_1").Id);

        reader.ListRejections(new());
        reader.ListRejections(new() { OldestFirst = true });
        reader.FindRejection(RejectionId.Last);
        reader.RejectionSources();
        reader.Parked("billing", 10);
        reader.ParkedDestinations();
        reader.ListState("destination");
        reader.FindState("destination", "billing");

        Assert.All(Plans(connection, least: 14), AssertIndexed);
    }

    [Fact]
    public void Due_rows_come_out_of_the_partial_indexes_in_order()
    {
        using var connection = Watched(book.Database.OpenReader());
        using var reader = new Reader(connection);
        reader.Due(1, Now, 10);
        reader.Due("billing", Now, 10);

        var steps = Plans(connection, least: 5).SelectMany(plan => plan.Steps).ToList();
        Assert.Equal(2, steps.Count(step => step.Contains("INDEX deliveries_claimed (start=? AND due", StringComparison.Ordinal)));
        Assert.Equal(2, steps.Count(step => step.Contains("INDEX deliveries_waiting (destination=? AND due", StringComparison.Ordinal)));
        Assert.Single(steps, step => step.Contains("INDEX deliveries_waiting (destination>?)", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_parked_comes_out_of_its_index_in_order()
    {
        using var connection = Watched(book.Database.OpenReader());
        using var reader = new Reader(connection);
        reader.Parked("billing", 10);

        Assert.Contains(Plans(connection, least: 1), plan => plan.Steps.Any(step => step.Contains("INDEX deliveries_parked (destination=?)", StringComparison.Ordinal)));
    }

    [Fact]
    public void Dead_letters_come_out_of_their_index_in_order()
    {
        using var connection = Watched(book.Database.OpenReader());
        using var reader = new Reader(connection);
        reader.ListDead(new());

        Assert.Contains(Plans(connection, least: 1), plan => plan.Steps.Any(step => step.Contains("INDEX deliveries_dead", StringComparison.Ordinal)));
    }

    [Fact]
    public void Who_is_first_in_a_line_and_what_was_delivered_of_it_come_out_of_their_indexes()
    {
        book.Store.Dispose();
        using var connection = Watched(book.Database.OpenWriter());
        using var writing = new Book(connection);
        DoEverything(writing);

        var steps = Plans(connection, least: 20).SelectMany(plan => plan.Steps).ToList();
        Assert.Contains(steps, step => step.Contains("INDEX deliveries_line (destination=? AND order_key=?)", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("INDEX deliveries_sent (destination=? AND order_key=?", StringComparison.Ordinal));
    }

    [Fact]
    public void Writing_searches_by_an_index()
    {
        book.Store.Dispose();
        using var connection = Watched(book.Database.OpenWriter());
        using var writing = new Book(connection);
        DoEverything(writing);

        Assert.All(Plans(connection, least: 20), AssertIndexed);
        Assert.Contains(Plans(connection, least: 15), plan => plan.Steps.Any(step => step.Contains("INDEX deliveries_claimed (start>? AND start<?)", StringComparison.Ordinal)));
    }

    private static void DoEverything(Book writing)
    {
        var id = KeptBook.Delivery("evt_1");
        writing.Begin();
        writing.Keep(new(KeptBook.Event("evt_1"), [new("billing", Now, null) { Place = new("key", Holds: true, Now) }]));
        writing.Keep(new(KeptBook.Event("evt_2"), [new("billing", Now, null) { Place = new("key", Holds: true, Now) }]));
        writing.Claim(new Bell(KeptBook.Delivery("evt_2"), 1), new Lease(1, Now.AddMinutes(1)), Now);
        writing.Keep(new(KeptBook.Event("evt_1"), []));
        writing.Add(new(id.Event, "audit"), Now);
        writing.Take("billing", [new Lease(2, Now.AddMinutes(1)), new Lease(3, Now.AddMinutes(1))], Now.AddDays(-1));
        writing.Park(new Bell(id, 1), Now);
        writing.Postpone(new Bell(id, 1), Now);
        var claim = writing.Claim(new Bell(id, 1), new Lease(1, Now.AddMinutes(1)), Now).Claim!;
        writing.Record(new Completion
        {
            Claim = claim, At = Now, Status = DeliveryStatus.DeadLettered, Reason = "no", Attempt = new Attempt { Number = 1, Outcome = AttemptOutcome.DeadLetter, StartedAt = Now, Duration = default },
        });
        writing.Purge(id, "purged", Now);
        writing.Replay(id, Now, onlyDead: false);
        writing.Orphans(10);
        writing.Release(new(KeptBook.Event("evt_1"), [new("billing", Now, new Lease(1, Now))]), Now);
        writing.Learn("asana", "secret");
        writing.Remove(writing.Write(writing.Write(new("destination", "billing", "{}"))!)!);
        writing.Retain(Now.AddDays(1), 10, Now);
        writing.Retain(Now.AddDays(1), 10, Now);
        var refused = new Rejection { Id = RejectionId.Last, Source = "stripe", ReceivedAt = Now, Result = Providers.SignatureResult.Mismatch, BodyBytes = 1, IsKept = true, Request = new("", HeaderList.Empty, new byte[1]) };
        writing.Keep([refused], new(), Now);
        writing.Age("stripe", new(), Now, 10);
        writing.Forget(refused.Id);
        writing.Commit();
    }

    private static void AssertIndexed(Plan plan)
    {
        // The two tables of one row are read as a whole.
        Assert.DoesNotContain(plan.Steps, step => step.StartsWith("SCAN", StringComparison.Ordinal) && step is not ("SCAN process" or "SCAN counts" or "SCAN CONSTANT ROW"));
        // Only what belongs to one event is ever sorted.
        if (!plan.Sql.Contains("WHERE event = ?1 GROUP BY", StringComparison.Ordinal)) Assert.DoesNotContain(plan.Steps, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
    }

    private static SqliteConnection Watched(SqliteConnection connection)
    {
        connection.Handle!.enable_sqlite3_next_stmt(true);
        return connection;
    }

    /// <summary>The plan of every statement that the connection has prepared.</summary>
    private static List<Plan> Plans(SqliteConnection connection, int least)
    {
        var texts = new List<string>();
        for (var statement = raw.sqlite3_next_stmt(connection.Handle!, null!); statement is not null; statement = raw.sqlite3_next_stmt(connection.Handle!, statement))
            texts.Add(raw.sqlite3_sql(statement).utf8_to_string());
        var plans = texts.Where(text => text.Contains("WHERE", StringComparison.Ordinal) || text.StartsWith("SELECT", StringComparison.Ordinal))
            .Select(text => new Plan(text, [.. connection.Rows($"EXPLAIN QUERY PLAN {text}").Select(row => (string)row[3])])).ToList();
        Assert.True(plans.Count >= least, $"only {plans.Count} statements were prepared");
        return plans;
    }

    private sealed record Plan(string Sql, string[] Steps);
}
