using Microsoft.Data.Sqlite;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A file that is not this program's book is left as it is, byte for byte.</summary>
public sealed class DatabaseRefusalTests
{
    private const string Log = """ "log": { "Handler": "log" } """;

    private static readonly string[][] Commands =
    [
        ["up", "--urls", "http://127.0.0.1:0"], ["events"], ["show", "00000000000000000000000000000000"], ["replay", "00000000000000000000000000000000"], ["dead", "list"],
        ["dead", "purge", "--yes"],
    ];

    [Fact]
    public async Task A_book_of_a_newer_version_is_refused()
    {
        using var folder = new WorkFolder(Log);
        await using (var sluice = await RunningSluice.StartAsync(folder)) Assert.Equal(0, await sluice.TerminateAsync());
        Run(folder.Database, "PRAGMA user_version = 99");
        await AssertRefusedAsync(folder, "was written by a newer Sluice (schema 99");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        using var folder = new WorkFolder(Log);
        Directory.CreateDirectory(folder.Data);
        File.WriteAllText(folder.Database, string.Concat(Enumerable.Repeat("This is a diary, not a database. ", 200)));
        await AssertRefusedAsync(folder, "the database is damaged");
    }

    [Fact]
    public async Task Another_programs_database_is_refused()
    {
        using var folder = new WorkFolder(Log);
        Directory.CreateDirectory(folder.Data);
        Run(folder.Database, "CREATE TABLE events(diary TEXT)");
        await AssertRefusedAsync(folder, "sluice: ");
    }

    [Fact]
    public async Task A_torn_database_is_refused()
    {
        using var folder = new WorkFolder(Log);
        await using (var sluice = await RunningSluice.StartAsync(folder)) Assert.Equal(0, await sluice.TerminateAsync());
        using (var file = File.OpenWrite(folder.Database)) file.SetLength(file.Length / 2 / 4096 * 4096);
        await AssertRefusedAsync(folder, "the database is damaged");
    }

    private static async Task AssertRefusedAsync(WorkFolder folder, string said)
    {
        var before = await File.ReadAllBytesAsync(folder.Database);
        foreach (var command in Commands)
        {
            var ended = await folder.RunAsync(command);
            var line = Assert.Single(ended.ErrorLines);
            Assert.Equal(1, ended.ExitCode);
            Assert.StartsWith("sluice: ", line, StringComparison.Ordinal);
            Assert.Contains(said, line, StringComparison.Ordinal);
            Assert.Equal(before, await File.ReadAllBytesAsync(folder.Database));
        }
    }

    private static void Run(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
