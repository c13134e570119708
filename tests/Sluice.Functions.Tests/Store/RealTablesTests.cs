using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Tables;
using Sluice.Functions.Tests.Wiring;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the store on the account of SLUICE_TEST_TABLES, or on Azurite where that says nothing: each test has tables of its own, which it deletes.</summary>
public sealed class RealTablesTests(AzuriteTables azurite) : EventStoreContract
{
    private static readonly string? Account = Environment.GetEnvironmentVariable("SLUICE_TEST_TABLES");

    private readonly string prefix = "SluiceTest" + Guid.NewGuid().ToString("N")[..20];
    private TableServiceClient? service;

    protected override async ValueTask<IEventStore> OpenAsync()
    {
        // Reference assemblies call no service; the account's REST interface is the same.
        service = string.IsNullOrEmpty(Account) ? await azurite.AccountAsync() : ReferenceAssemblyTests.IsReference ? new RestTables(Account) : new TableServiceClient(Account);
        // Requests take real time: on the tests' clock each would be late as soon as a test moves it.
        return new TableEventStore(new BookTables(service, prefix, RealTime.Longest, TimeProvider.System), new Random(), Time);
    }

    protected override async ValueTask CloseAsync(IEventStore store)
    {
        await ((TableEventStore)store).DisposeAsync();
        foreach (var table in new[] { "Book", "Index", "Quarantine" }) await service!.DeleteTableAsync(prefix + table, CancellationToken.None);
    }
}
