using Microsoft.Data.Sqlite;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>The version of the tables stands in the file, and no build touches what a newer one wrote.</summary>
public sealed class SchemaTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_has_the_version_of_this_build()
    {
        using var connection = new Database(folder.Path).OpenWriter();
        Assert.Equal(Schema.Version, connection.Number("PRAGMA user_version"));
    }

    [Fact]
    public void Opening_again_changes_no_version_and_no_table()
    {
        using (var first = new Database(folder.Path).OpenWriter()) first.Run("UPDATE process SET start = 7");
        using var connection = new Database(folder.Path).OpenWriter();

        Assert.Equal((Schema.Version, 7), (connection.Number("PRAGMA user_version"), connection.Number("SELECT start FROM process")));
    }

    [Theory]
    [InlineData("WAL")]
    [InlineData("DELETE")]
    public void A_newer_file_is_refused_by_name_and_left_byte_for_byte(string journalMode)
    {
        var file = Newer(journalMode);
        var before = File.ReadAllBytes(file);

        var refused = Assert.Throws<NewerDatabaseException>(() => new Database(folder.Path).OpenWriter());

        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"schema {Schema.Version + 1}, this one knows {Schema.Version}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(file));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_migration_that_fails_half_way_leaves_nothing_of_itself()
    {
        using (var connection = Open())
        {
            // The last table of the first migration stands in its way.
            connection.Run("CREATE TABLE attempts(something TEXT)");
            Assert.Throws<SqliteException>(() => Schema.Migrate(connection));
        }

        using var look = Open();
        Assert.Equal("attempts", look.Text("SELECT group_concat(name) FROM sqlite_schema"));
        Assert.Equal(0, look.Number("PRAGMA user_version"));
    }

    [Fact]
    public void Another_programs_database_is_refused_by_name_and_left_byte_for_byte()
    {
        using (var connection = Open()) connection.Run("CREATE TABLE of_another(something TEXT)");
        var before = File.ReadAllBytes(folder.File(Database.FileName));

        var refused = Assert.Throws<StoreUnavailableException>(() => new Database(folder.Path).OpenWriter());
        Assert.Contains("another program's database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(folder.File(Database.FileName)));
    }

    [Fact]
    public void Two_processes_that_open_a_new_file_at_once_make_one_schema()
    {
        Parallel.For(0, 8, _ => new Database(folder.Path).OpenWriter().Dispose());

        using var look = Open();
        Assert.Equal((Schema.Version, 1), (look.Number("PRAGMA user_version"), look.Number("SELECT count(*) FROM counts")));
    }

    [Fact]
    public void A_file_that_is_no_database_is_left_alone()
    {
        var file = folder.Write(Database.FileName, new string('x', 5000));

        Assert.Throws<SqliteException>(() => new Database(folder.Path).OpenWriter());
        Assert.Equal(new string('x', 5000), File.ReadAllText(file));
    }

    private string Newer(string journalMode)
    {
        using var connection = Open();
        connection.Run($"PRAGMA journal_mode = {journalMode}");
        connection.Run("CREATE TABLE of_tomorrow(something TEXT)");
        connection.Run($"PRAGMA user_version = {Schema.Version + 1}");
        return folder.File(Database.FileName);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={folder.File(Database.FileName)};Pooling=false");
        connection.Open();
        return connection;
    }
}
