using Microsoft.Data.Sqlite;
using Sluice.Events;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The writing connection, its transaction and the running counts. What is written stands in the other parts, by subject.</summary>
internal sealed partial class Book : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly List<Statement> statements = [];
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollBack;
    private readonly Statement writeCounts;
    private readonly Statement touch;

    // Position 0 is events, then one for each status.
    private readonly long[] counts;
    private readonly long[] committed;

    public Book(SqliteConnection connection)
    {
        this.connection = connection;
        begin = Prepare("BEGIN IMMEDIATE");
        commit = Prepare("COMMIT");
        rollBack = Prepare("ROLLBACK");
        writeCounts = Prepare("UPDATE counts SET events = ?1, pending = ?2, retrying = ?3, delivered = ?4, dead = ?5, expired = ?6, skipped = ?7");
        // SQLite writes no page for a row that stays as it is: the number has to change.
        touch = Prepare("UPDATE process SET touched = touched + 1");
        PrepareBooking();
        PrepareAttempts();
        PrepareReplays();
        PrepareRetention();
        PrepareQuarantine();
        PrepareLearned();
        PrepareTaking();
        PrepareParking();
        PrepareLines();
        PrepareState();
        counts = ReadCounts();
        committed = [.. counts];
        Start = NextStart();
    }

    /// <summary>The number of this process start: claims of other numbers are void.</summary>
    public long Start { get; }

    public void Begin() => begin.Run();

    public void Commit()
    {
        if (!counts.AsSpan().SequenceEqual(committed))
        {
            foreach (var count in counts) writeCounts.Bind(count);
            writeCounts.Run();
        }

        commit.Run();
        counts.AsSpan().CopyTo(committed);
    }

    public void RollBack()
    {
        committed.AsSpan().CopyTo(counts);
        rollBack.Run();
    }

    /// <summary>A write that changes nothing but the file: it fails when the disk would.</summary>
    public bool Touch()
    {
        touch.Run();
        return true;
    }

    public void Dispose()
    {
        foreach (var statement in statements) statement.Dispose();
        connection.Dispose();
    }

    private Statement Prepare(string sql)
    {
        var statement = new Statement(connection, sql);
        statements.Add(statement);
        return statement;
    }

    private void Count(DeliveryStatus status, int change) => counts[1 + (int)status] += change;

    private void Move(DeliveryStatus from, DeliveryStatus to)
    {
        Count(from, -1);
        Count(to, 1);
    }

    private long[] ReadCounts()
    {
        var read = Prepare("SELECT events, pending, retrying, delivered, dead, expired, skipped FROM counts");
        read.Step();
        var found = Enumerable.Range(0, 7).Select(read.Long).ToArray();
        read.Reset();
        return found;
    }

    private long NextStart()
    {
        Prepare("UPDATE process SET start = start + 1").Run();
        var read = Prepare("SELECT start FROM process");
        read.Step();
        var start = read.Long(0);
        read.Reset();
        return start;
    }
}
