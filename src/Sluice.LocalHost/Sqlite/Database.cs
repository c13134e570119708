using Microsoft.Data.Sqlite;
using Sluice.Storage;
using SQLitePCL;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The SQLite file of a data folder and how it is opened.</summary>
internal sealed class Database(string folder)
{
    public const string FileName = "sluice.db";

    // Every connection is used by one thread at a time: SQLite's own locks around each call would guard nothing.
    static Database()
    {
        Batteries_V2.Init();
        raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
        // Nobody asks how much memory it has: counting it takes a lock with each allocation.
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    public string File { get; } = Path.Combine(folder, FileName);

    /// <summary>Opens for writing: creates and migrates the file where needed.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            Schema.Check(connection);
            // WAL and FULL: a commit returns after its fsync and nothing that was answered is lost with the power. On macOS only fullfsync reaches the disk.
            Schema.Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;");
            Schema.Migrate(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A database that is gone when it is closed.</summary>
    public static SqliteConnection OpenInMemory()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>What a fault of the driver means to the caller. Never shows values.</summary>
    public static StoreUnavailableException Unavailable(SqliteException e) => new(e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "the database is locked by another program",
        raw.SQLITE_READONLY => "the database cannot be written",
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "the database is damaged",
        _ => $"SQLite error {e.SqliteExtendedErrorCode}: {e.Message}",
    }, e);

    /// <summary>After a failed fsync nobody knows what is on the disk: the process must not go on, and must not try the fsync again.</summary>
    public static bool IsFailedSync(SqliteException e) => e.SqliteExtendedErrorCode is raw.SQLITE_IOERR_FSYNC or raw.SQLITE_IOERR_DIR_FSYNC;

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_extended_result_codes(connection.Handle!, 1);
            raw.sqlite3_busy_timeout(connection.Handle!, 1000);
            // One plan for each statement, whatever it is given: without this one with a LIMIT is compiled anew for each value.
            raw.sqlite3_db_config(connection.Handle!, raw.SQLITE_DBCONFIG_ENABLE_QPSG, 1, out _);
            Schema.Run(connection, "PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
