using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Tables;
using Sluice.Quarantine;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the quarantine on Table Storage as it documents itself, and what only there can happen.</summary>
public sealed class TableQuarantineTests : QuarantineContract
{
    private TablesDouble tables = null!;

    protected override ValueTask<IQuarantine> OpenAsync()
    {
        tables = new TablesDouble(Time);
        return new(Over(tables));
    }

    [Fact]
    public async Task A_body_that_no_entity_holds_is_not_kept_and_its_finding_is()
    {
        var large = Rejection(finding: "Mismatch", bytes: 800_000);
        Assert.Equal(new Keeping(false, IsTooLarge: true), await KeepAsync(large));
        Assert.Equal(new Keeping(false, IsTooLarge: true), await KeepAsync(Rejection(bytes: 800_000)));

        Assert.Equal([large with { IsKept = false, Request = null }], (await ListAsync(new())).Items);
    }

    [Fact]
    public async Task The_largest_number_that_may_be_kept_fits_into_the_ledger()
    {
        var bounds = new Configuration.QuarantineSettings { MaxCount = Configuration.QuarantineSettings.LargestMaxCount };
        for (var i = 0; i < bounds.MaxCount; i++) await KeptAsync(bytes: 1, bounds: bounds);
        for (var i = 0; i <= Quarantine.Rejection.MostNoted; i++) await KeepAsync(Rejection(finding: "told", isKept: false));

        Assert.False((await KeepAsync(Rejection(), bounds)).IsKept);
        Assert.Equal(bounds.MaxCount, (await AllAsync(new() { OnlyKept = true, Limit = 500 })).Count);
    }

    [Fact]
    public async Task Two_instances_together_keep_no_more_than_the_bound_says()
    {
        var other = Over(tables);
        var bounds = new Configuration.QuarantineSettings { MaxCount = 5 };
        for (var i = 0; i < 10; i++) await (i % 2 == 0 ? Store : other).KeepAsync(Rejection(), bounds, Cancellation);

        Assert.Equal(5, (await AllAsync(new())).Count);
        Assert.Equal(5 + 1 + 1, tables.Rows("SluiceQuarantine").Count);
    }

    [Fact]
    public async Task Where_another_instance_is_faster_each_time_the_call_gives_up()
    {
        await KeptAsync();
        var other = Over(tables);
        var isOther = false;
        tables.Before = async request =>
        {
            if (isOther || request.Kind != TableRequestKind.Transaction) return;
            isOther = true;
            await other.KeepAsync(Rejection(), new(), Cancellation);
            isOther = false;
        };

        await Assert.ThrowsAsync<StoreUnavailableException>(() => KeepAsync(Rejection()));
        tables.Before = null;
        Assert.Equal(1 + 5, (await AllAsync(new())).Count);
    }

    [Fact]
    public async Task One_whose_answer_got_lost_is_kept_once()
    {
        var isLost = false;
        tables.SdkRetries = 1;
        tables.After = request =>
        {
            if (isLost || request.Kind != TableRequestKind.Transaction) return ValueTask.CompletedTask;
            isLost = true;
            throw new Azure.RequestFailedException(503, "busy");
        };

        var kept = await KeptAsync();
        Assert.True(isLost);
        Assert.Equal([kept], await AllAsync(new()));
    }

    [Fact]
    public async Task A_table_that_was_deleted_is_made_again()
    {
        await KeptAsync();
        await tables.DeleteTableAsync("SluiceQuarantine", Cancellation);

        Assert.Empty(await AllAsync(new()));
        await KeptAsync();
        Assert.Single(await AllAsync(new()));
    }

    [Fact]
    public async Task A_request_with_room_costs_one_read_and_one_write()
    {
        await KeptAsync();
        var before = tables.Requests;
        await KeptAsync();

        Assert.Equal(2, tables.Requests - before);
    }

    private TableQuarantine Over(TablesDouble account) => new(new BookTables(account, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), Time), Time);
}
