using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Tables;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the store, on Table Storage as it documents itself.</summary>
public sealed class TableEventStoreTests : EventStoreContract
{
    protected override ValueTask<IEventStore> OpenAsync() =>
        new(new TableEventStore(new BookTables(new TablesDouble(Time), BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), Time), new Random(1), Time));
}
