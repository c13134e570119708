using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Tables;
using Sluice.Functions.Tests.Wiring;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the shared state, on Table Storage as it documents itself.</summary>
public sealed class TableSharedStateTests : SharedStateContract
{
    private readonly VirtualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private TablesDouble? tables;
    private int opened;

    protected override ValueTask<ISharedState> OpenAsync()
    {
        tables ??= new TablesDouble(time);
        return new(new TableSharedState(new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), time), new Random(opened++)));
    }

    protected override ValueTask<ISharedState> OpenAgainAsync() => OpenAsync();
}

/// <summary>The same on the account of SLUICE_TEST_TABLES, or on Azurite where that says nothing.</summary>
public sealed class RealSharedStateTests(AzuriteTables azurite) : SharedStateContract
{
    private static readonly string? Account = Environment.GetEnvironmentVariable("SLUICE_TEST_TABLES");

    private readonly string prefix = "SluiceTest" + Guid.NewGuid().ToString("N")[..20];
    private TableServiceClient? service;
    private int opened;

    protected override async ValueTask<ISharedState> OpenAsync()
    {
        service ??= string.IsNullOrEmpty(Account) ? await azurite.AccountAsync() : ReferenceAssemblyTests.IsReference ? new RestTables(Account) : new TableServiceClient(Account);
        return new TableSharedState(new BookTables(service, prefix, RealTime.Longest, TimeProvider.System), new Random(opened++));
    }

    protected override ValueTask<ISharedState> OpenAgainAsync() => OpenAsync();

    protected override async ValueTask CloseAsync()
    {
        foreach (var table in new[] { "Book", "Index" }) await service!.DeleteTableAsync(prefix + table, CancellationToken.None);
    }
}
