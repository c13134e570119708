using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>SQLite keeps every promise of the book.</summary>
public sealed class SqliteEventStoreTests : EventStoreContract
{
    private readonly TemporaryFolder folder = new();

    protected override ValueTask<IEventStore> OpenAsync() => new(new SqliteEventStore(new Database(folder.Path), TimeProvider.System, Assert.Fail));

    protected override ValueTask CloseAsync(IEventStore store)
    {
        ((SqliteEventStore)store).Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
