using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Functions.Tests.Pipeline;
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
        for (var i = 0; i < 10; i++) await (i % 2 == 0 ? Store : other).KeepAsync([Rejection()], bounds, Cancellation);

        Assert.Equal(5, (await AllAsync(new())).Count);
        Assert.Equal(5 + 1 + 1, tables.Rows("SluiceQuarantine").Count);
    }

    [Fact]
    public async Task Where_another_instance_is_faster_each_time_the_call_says_so_when_its_time_is_over()
    {
        await KeptAsync();
        OtherIsFaster(times: int.MaxValue);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), Time);
        var before = Time.Elapsed;

        Assert.Equal([new Keeping(false, IsBusy: true)], OneThread.Run(Time, () => Store.KeepAsync([Rejection()], new(), patience.Token).AsTask()));
        Assert.Equal(TimeSpan.FromMilliseconds(300), Time.Elapsed - before);
    }

    [Fact]
    public async Task However_often_another_instance_is_faster_it_is_kept_within_its_time()
    {
        await KeptAsync();
        OtherIsFaster(times: 8);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300), Time);

        Assert.Equal([new Keeping(true)], OneThread.Run(Time, () => Store.KeepAsync([Rejection()], new(), patience.Token).AsTask()));
        Assert.Equal(1 + 8 + 1, (await AllAsync(new())).Count);
    }

    [Fact]
    public async Task One_that_cannot_be_removed_because_another_instance_is_faster_is_named_after_a_while()
    {
        var id = await KeptAsync();
        OtherIsFaster(times: int.MaxValue);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Task.FromResult(OneThread.Run(Time, () => Store.RemoveAsync(id, Cancellation).AsTask())));
    }

    [Fact]
    public async Task One_that_is_too_large_and_has_no_finding_costs_no_request()
    {
        await KeptAsync();
        var before = tables.Requests;
        Assert.Equal(new Keeping(false, IsTooLarge: true), await KeepAsync(Rejection(bytes: 5_000_000)));
        Assert.Equal(new Keeping(false, IsTooLarge: true), await KeepAsync(Rejection(bytes: 5000), new() { MaxBytes = 4096 }));

        Assert.Equal(before, tables.Requests);
    }

    [Fact]
    public async Task Several_that_come_together_cost_one_read_and_one_write()
    {
        await KeptAsync();
        var before = tables.Requests;
        await KeepAsync([.. Enumerable.Range(0, 30).Select(_ => Rejection())]);

        Assert.Equal(2, tables.Requests - before);
    }

    [Fact]
    public async Task A_large_body_that_compresses_well_is_kept()
    {
        var body = System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{{\"line\":{i % 97}}},")));
        var kept = Rejection() with { Request = new("/", Events.HeaderList.Empty, body), BodyBytes = body.Length };
        Assert.Equal(new Keeping(true), await KeepAsync(kept));

        Assert.InRange(body.Length, 2_000_000, 4_000_000);
        Assert.Equal(body, (await FindAsync(kept.Id))!.Request!.Body.ToArray());
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

        var kept = Rejection();
        Assert.Equal([new Keeping(true)], OneThread.Run(Time, () => Store.KeepAsync([kept, Rejection()], new(), Cancellation).AsTask()).Take(1));
        Assert.True(isLost);
        Assert.Equal(2, (await AllAsync(new())).Count);
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

    // Before each transaction of the store another instance changes the ledger that it was made with.
    private void OtherIsFaster(int times)
    {
        var other = Over(tables);
        var isOther = false;
        tables.Before = async request =>
        {
            if (isOther || request.Kind != TableRequestKind.Transaction || times-- <= 0) return;
            isOther = true;
            await other.KeepAsync([Rejection()], new(), Cancellation);
            isOther = false;
        };
    }

    private TableQuarantine Over(TablesDouble account) => new(new BookTables(account, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), Time), new Random(1), Time);
}
