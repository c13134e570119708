using Microsoft.Data.Sqlite;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>The book as an outsider reads it: with SQL, while no Sluice has it open or beside one.</summary>
internal sealed class BookFile : IDisposable
{
    private readonly SqliteConnection connection;

    public BookFile(string file)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
    }

    public List<string> Rows(string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i).ToString())));
        return rows;
    }

    public long Count(string sql) => long.Parse(Rows(sql).Single(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The senders' ids of all kept events.</summary>
    public HashSet<string> Keys() => [.. Rows("SELECT key FROM events")];

    /// <summary>The file is whole, no event lacks its delivery, no delivery its event, and the running counts are what counting says.</summary>
    public void AssertSound()
    {
        Assert.Equal(["ok"], Rows("PRAGMA integrity_check"));
        Assert.Equal(0, Count("SELECT count(*) FROM events WHERE seq NOT IN (SELECT event FROM deliveries)"));
        Assert.Equal(0, Count("SELECT count(*) FROM deliveries WHERE event NOT IN (SELECT seq FROM events)"));
        Assert.Equal(0, Count("SELECT count(*) FROM attempts a WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = a.event AND d.destination = a.destination)"));
        Assert.Equal(0, Count("SELECT count(*) FROM deliveries WHERE (due IS NULL) <> (status >= 2)"));
        Assert.Equal(
            Rows("SELECT (SELECT count(*) FROM events), " + string.Join(", ", Enumerable.Range(0, 6).Select(status => $"(SELECT count(*) FROM deliveries WHERE status = {status})"))),
            Rows("SELECT events, pending, retrying, delivered, dead, expired, skipped FROM counts"));
    }

    public void Dispose() => connection.Dispose();
}
