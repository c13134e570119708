using Microsoft.Data.Sqlite;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;
using Sluice.LocalHost.Sqlite;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>A file that an earlier build wrote is brought up to date with all that it holds.</summary>
public sealed class MigrationTests : IDisposable
{
    // As that build wrote them, to the letter.
    private const string Version3 =
        """
        CREATE TABLE process(one INTEGER PRIMARY KEY CHECK(one = 1), start INTEGER NOT NULL, touched INTEGER NOT NULL) STRICT;
        INSERT INTO process VALUES(1, 0, 0);

        CREATE TABLE counts(one INTEGER PRIMARY KEY CHECK(one = 1), events INTEGER NOT NULL, pending INTEGER NOT NULL, retrying INTEGER NOT NULL,
            delivered INTEGER NOT NULL, dead INTEGER NOT NULL, expired INTEGER NOT NULL, skipped INTEGER NOT NULL) STRICT;
        INSERT INTO counts VALUES(1, 0, 0, 0, 0, 0, 0, 0);

        CREATE TABLE events(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL,
            received_at INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX events_id ON events(id);

        CREATE TABLE deliveries(event INTEGER NOT NULL, destination TEXT NOT NULL, status INTEGER NOT NULL, attempt INTEGER NOT NULL,
            counted_from INTEGER NOT NULL, start INTEGER NOT NULL, due INTEGER, next_at INTEGER, token INTEGER, reason TEXT, ended_at INTEGER,
            PRIMARY KEY(event, destination)) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_due ON deliveries(start, due) WHERE due IS NOT NULL;
        CREATE INDEX deliveries_dead ON deliveries(ended_at) WHERE status = 3;

        CREATE TABLE attempts(event INTEGER NOT NULL, destination TEXT NOT NULL, number INTEGER NOT NULL, outcome INTEGER NOT NULL,
            status_code INTEGER, error TEXT, started_at INTEGER NOT NULL, duration INTEGER NOT NULL,
            PRIMARY KEY(event, destination, number)) STRICT, WITHOUT ROWID;
        CREATE TABLE learned(source TEXT NOT NULL, secret TEXT NOT NULL, PRIMARY KEY(source)) STRICT, WITHOUT ROWID;
        CREATE TABLE rejections(id BLOB PRIMARY KEY, source TEXT NOT NULL, kept INTEGER NOT NULL, size INTEGER NOT NULL, received_at INTEGER NOT NULL, result TEXT NOT NULL,
            finding TEXT, address TEXT, body_bytes INTEGER NOT NULL, target TEXT, headers TEXT, body BLOB) STRICT;
        CREATE INDEX rejections_source ON rejections(source, kept, id, size);
        PRAGMA user_version = 3;
        """;

    private static readonly DateTimeOffset Now = KeptBook.Now;

    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_of_version_3_goes_on_with_what_it_holds()
    {
        using (var old = new SqliteConnection($"Data Source={folder.File(Database.FileName)};Pooling=false"))
        {
            old.Open();
            old.Run("PRAGMA journal_mode = WAL");
            old.Run(Version3);
            var at = Now.ToUnixTimeMilliseconds();
            // One that waits for its next attempt, one that was claimed when the process ended, one dead, one delivered.
            Add(old, 1, "waiting", $"1, 2, 0, 0, {at + 5000}, {at + 5000}, NULL, 'answered 500', NULL");
            Add(old, 2, "claimed", $"0, 1, 0, 1, {at + 60000}, NULL, 7, NULL, NULL");
            Add(old, 3, "dead", $"3, 1, 0, 0, NULL, NULL, NULL, 'answered 400', {at}");
            Add(old, 4, "delivered", $"2, 1, 0, 0, NULL, NULL, NULL, NULL, {at}");
            old.Run("INSERT INTO learned VALUES('asana', 'secret')");
            old.Run("UPDATE counts SET events = 4, pending = 1, retrying = 1, delivered = 1, dead = 1");
            old.Run("UPDATE process SET start = 1");
        }

        using var store = new SqliteEventStore(new Database(folder.Path), TimeProvider.System, Assert.Fail);
        Assert.Equal(new Stats(4, 4, 1, 1, 1, 1, 0, 0), await store.CountAsync(Cancellation));
        Assert.Equal("secret", await store.FindAsync("asana", Cancellation));
        Assert.Equal([new Bell(KeptBook.Delivery("waiting"), 3)], (await store.DueAsync(Now.AddMinutes(1), 10, Cancellation)).Rows.Select(row => row.Bell));
        Assert.Equal(KeptBook.Delivery("claimed"), Assert.Single(await store.OrphansAsync(10)).Delivery);
        Assert.Empty(await store.ParkedDestinationsAsync(Cancellation));
        Assert.False(Assert.Single((await store.FindAsync(KeptBook.Event("dead").Id, Cancellation))!.Deliveries).IsOutOfOrder);

        // And with all that this build can do: what was there is in no line.
        Assert.True(await store.ParkAsync(new Bell(KeptBook.Delivery("waiting"), 3), Now, Cancellation));
        Assert.Equal(["billing"], await store.ParkedDestinationsAsync(Cancellation));
        Assert.Equal(new Bell(KeptBook.Delivery("dead"), 2), await store.ReplayAsync(KeptBook.Delivery("dead"), Now, onlyDead: true, Cancellation));
        await store.BookAsync(new(KeptBook.Event("evt_5"), [new("billing", Now, null) { Place = new("key", Holds: false) }]), Cancellation);
        foreach (var (name, attempt) in new[] { ("waiting", 3), ("dead", 2), ("evt_5", 1) })
            Assert.Equal(ClaimResult.Claimed, (await store.ClaimAsync(new Bell(KeptBook.Delivery(name), attempt), new Lease(attempt, Now.AddMinutes(1)), Now, Cancellation)).Result);
    }

    private static void Add(SqliteConnection connection, int seq, string key, string delivery)
    {
        Span<byte> id = stackalloc byte[16];
        KeptBook.Event(key).Id.CopyTo(id);
        connection.Run($"INSERT INTO events VALUES({seq}, X'{Convert.ToHexString(id)}', 'stripe', 'invoice.paid', '{key}', {Now.ToUnixTimeMilliseconds()}, '{HeaderList.Empty.Encode()}', X'7B7D')");
        connection.Run($"INSERT INTO deliveries VALUES({seq}, 'billing', {delivery})");
        connection.Run($"INSERT INTO attempts VALUES({seq}, 'billing', 1, 0, NULL, NULL, {Now.ToUnixTimeMilliseconds()}, 0)");
    }
}
