using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Quarantine;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>SQLite keeps every promise of the quarantine.</summary>
public sealed class SqliteQuarantineTests : QuarantineContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteEventStore? book;

    protected override ValueTask<IQuarantine> OpenAsync() => new(new SqliteQuarantine(book = new SqliteEventStore(new Database(folder.Path), Time, Assert.Fail), Time));

    protected override ValueTask CloseAsync(IQuarantine store)
    {
        book!.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
