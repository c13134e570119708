using Microsoft.Data.Sqlite;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The tables of the book. The version stands in the file; migrations run with their version change in one transaction.</summary>
internal static class Schema
{
    // events.seq is the order of keeping. deliveries.due is the one thing nothing can be forgotten by: null exactly at an end.
    // deliveries.start is 0, or while a claim holds the number of the process start that made it (due is then the lease's end),
    // so that one index finds whose lease ran out and what an ended process held, and another what is due of each destination. It is -1 while
    // the delivery is parked (due is then its place in line), and -2 while another of its line is before it.
    private static readonly string[] Migrations =
    [
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
        """,
        // Secrets that senders made up themselves.
        """
        CREATE TABLE learned(source TEXT NOT NULL, secret TEXT NOT NULL, PRIMARY KEY(source)) STRICT, WITHOUT ROWID;
        """,
        // Refused requests: newest first by id, and each source's own by the second index, which holds all that is asked to find room.
        """
        CREATE TABLE rejections(id BLOB PRIMARY KEY, source TEXT NOT NULL, kept INTEGER NOT NULL, size INTEGER NOT NULL, received_at INTEGER NOT NULL, result TEXT NOT NULL,
            finding TEXT, address TEXT, body_bytes INTEGER NOT NULL, target TEXT, headers TEXT, body BLOB) STRICT;
        CREATE INDEX rejections_source ON rejections(source, kept, id, size);
        """,
        // The small documents, and what waits with its destination.
        """
        CREATE TABLE state(kind TEXT NOT NULL, name TEXT NOT NULL, json TEXT NOT NULL, version TEXT NOT NULL, PRIMARY KEY(kind, name)) STRICT, WITHOUT ROWID;
        CREATE INDEX deliveries_parked ON deliveries(destination, due) WHERE start = -1;
        """,
        // Lines: deliveries of a destination with the same order key. place is null without one, 0 in a line, 1 in one that it holds as a dead
        // letter, -1 when it was replayed out of order. The first index holds who stands in a line, the second what was delivered.
        """
        ALTER TABLE deliveries ADD COLUMN order_key TEXT;
        ALTER TABLE deliveries ADD COLUMN place INTEGER;
        ALTER TABLE deliveries ADD COLUMN sent_at INTEGER;
        CREATE INDEX deliveries_line ON deliveries(destination, order_key, event) WHERE place >= 0 AND (due IS NOT NULL OR (status = 3 AND place = 1));
        CREATE INDEX deliveries_sent ON deliveries(destination, order_key, sent_at) WHERE status = 2 AND sent_at IS NOT NULL;
        """,
        // What is due is asked for by destination, so that one that hangs is in nobody's way.
        """
        DROP INDEX deliveries_due;
        CREATE INDEX deliveries_waiting ON deliveries(destination, due) WHERE start = 0 AND due IS NOT NULL;
        CREATE INDEX deliveries_claimed ON deliveries(start, due) WHERE start > 0 AND due IS NOT NULL;
        """,
    ];

    /// <summary>The version that this build writes.</summary>
    public static int Version => Migrations.Length;

    /// <summary>Looks before anything is written: a file that is not ours stays as it is.</summary>
    /// <exception cref="NewerDatabaseException">A newer Sluice wrote it.</exception>
    /// <exception cref="StoreUnavailableException">Another program wrote it.</exception>
    public static void Check(SqliteConnection connection)
    {
        // Tables first, then the version: a migration by another process in between has written both.
        var tables = Read(connection, "SELECT count(*) FROM sqlite_schema");
        var version = Read(connection, "PRAGMA user_version");
        if (version > Version) throw new NewerDatabaseException(connection.DataSource, version);
        if (version == 0 && tables > 0)
            throw new StoreUnavailableException($"{connection.DataSource} is another program's database; name another --data folder");
    }

    /// <summary>Brings the file to this version: all the way or not at all, with one wait for the disk.</summary>
    public static void Migrate(SqliteConnection connection)
    {
        if (Read(connection, "PRAGMA user_version") >= Version) return;
        Run(connection, "BEGIN IMMEDIATE");
        // Another process may have been faster than this transaction.
        for (var version = Read(connection, "PRAGMA user_version"); version < Version; version++) Run(connection, $"{Migrations[version]} PRAGMA user_version = {version + 1};");
        Run(connection, "COMMIT");
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this assembly only.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static int Read(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        statement.Step();
        return statement.Int(0);
    }
}

/// <summary>The database is of a version that this build does not know; it is left as it is.</summary>
internal sealed class NewerDatabaseException(string file, int version)
    : Exception($"{file} was written by a newer Sluice (schema {version}, this one knows {Schema.Version}); update Sluice or name another --data folder");
