using Microsoft.Data.Sqlite;
using Sluice.LocalHost.Sqlite;

namespace Sluice.Hosts.Tests.Fixtures;

/// <summary>Another program that writes to the book's file and does not stop: until it is disposed of nothing can be kept.</summary>
internal sealed class LockedBook : IDisposable
{
    private readonly SqliteConnection connection;

    public LockedBook(RunningSluice sluice)
    {
        connection = new SqliteConnection($"Data Source={Path.Combine(sluice.Data, Database.FileName)};Pooling=false");
        connection.Open();
        Run("BEGIN IMMEDIATE");
    }

    public void Dispose()
    {
        Run("ROLLBACK");
        connection.Dispose();
    }

    private void Run(string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Two constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
