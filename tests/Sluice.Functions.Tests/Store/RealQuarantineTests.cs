using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Tables;
using Sluice.Functions.Tests.Wiring;
using Sluice.Quarantine;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the quarantine on the account of SLUICE_TEST_TABLES, or on Azurite where that says nothing: each test has tables of its own, which it deletes.</summary>
public sealed class RealQuarantineTests(AzuriteTables azurite) : QuarantineContract
{
    private static readonly string? Account = Environment.GetEnvironmentVariable("SLUICE_TEST_TABLES");

    private readonly string prefix = "SluiceTest" + Guid.NewGuid().ToString("N")[..20];
    private TableServiceClient? service;

    protected override async ValueTask<IQuarantine> OpenAsync()
    {
        service = string.IsNullOrEmpty(Account) ? await azurite.AccountAsync() : ReferenceAssemblyTests.IsReference ? new RestTables(Account) : new TableServiceClient(Account);
        return new TableQuarantine(new BookTables(service, prefix, RealTime.Longest, TimeProvider.System), new Random(1), new Dated(Time));
    }

    protected override async ValueTask CloseAsync(IQuarantine store)
    {
        foreach (var table in new[] { "Book", "Index", "Quarantine" }) await service!.DeleteTableAsync(prefix + table, CancellationToken.None);
    }

    /// <summary>The test's time of day; what waits, waits as the account does.</summary>
    private sealed class Dated(TimeProvider day) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => day.GetUtcNow();
    }
}
