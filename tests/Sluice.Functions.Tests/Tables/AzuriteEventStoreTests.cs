using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Tables;

/// <summary>The promises of the store once more, over real requests to Azurite.</summary>
public sealed class AzuriteEventStoreTests(AzuriteTables azurite) : EventStoreContract
{
    protected override async ValueTask<IEventStore> OpenAsync()
    {
        var account = await azurite.AccountAsync();
        return new TableEventStore(new BookTables(account, "S" + Guid.NewGuid().ToString("N"), TimeSpan.FromSeconds(10), Time), new Random(1), Time);
    }
}
