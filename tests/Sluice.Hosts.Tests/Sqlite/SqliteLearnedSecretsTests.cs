using Sluice.Contracts;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Sqlite;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>SQLite keeps every promise of the learned secrets.</summary>
public sealed class SqliteLearnedSecretsTests : LearnedSecretsContract
{
    private readonly TemporaryFolder folder = new();
    private SqliteEventStore? store;

    protected override ValueTask<ILearnedSecrets> OpenAsync() => new(store = new SqliteEventStore(new Database(folder.Path), TimeProvider.System, Assert.Fail));

    protected override ValueTask<ILearnedSecrets> OpenAgainAsync()
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
