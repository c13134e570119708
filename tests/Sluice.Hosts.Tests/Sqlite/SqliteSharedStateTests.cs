using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>SQLite keeps every promise of the shared state.</summary>
public sealed class SqliteSharedStateTests : SharedStateContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteEventStore? store;

    [Fact]
    public async Task How_fast_a_destination_is_served_is_forgotten_with_the_process()
    {
        Assert.NotNull(await State.WriteAsync(new("pace", "billing", "{}"), Cancellation));
        Assert.Single(await State.ListAsync("pace", Cancellation));
        Assert.Empty(await (await OpenAgainAsync()).ListAsync("pace", Cancellation));
    }

    protected override ValueTask<ISharedState> OpenAsync() => new(new SqliteSharedState(store = new SqliteEventStore(new Database(folder.Path), TimeProvider.System, Assert.Fail)));

    protected override ValueTask<ISharedState> OpenAgainAsync()
    {
        store!.Dispose();
        return OpenAsync();
    }

    protected override ValueTask CloseAsync()
    {
        store?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
