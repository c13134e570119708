using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>A new start of the process owns the book: it voids what earlier starts had claimed and forgets nothing.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly KeptBook book = new();

    public void Dispose() => book.Dispose();

    [Fact]
    public async Task A_claim_of_an_earlier_start_is_an_orphan_long_before_its_lease_ends()
    {
        var claim = await book.BookClaimedAsync("evt_1");
        Assert.Empty(await book.Store.OrphansAsync(10));
        book.Restart();

        var orphan = Assert.Single(await book.Store.OrphansAsync(10));
        Assert.Equal((claim.Delivery, 1, 0, claim.Lease), (orphan.Delivery, orphan.Attempt, orphan.CountedFrom, orphan.Lease));
    }

    [Fact]
    public async Task An_orphan_recorded_as_unknown_is_one_no_more_and_is_due()
    {
        await book.BookClaimedAsync("evt_1");
        book.Restart();
        Assert.True(await book.RecordAsync(Assert.Single(await book.Store.OrphansAsync(10)), DeliveryStatus.Retrying, AttemptOutcome.Unknown));

        Assert.Empty(await book.Store.OrphansAsync(10));
        Assert.Equal(new Bell(KeptBook.Delivery("evt_1"), 2), Assert.Single((await DueAsync(KeptBook.Now.AddSeconds(5))).Rows).Bell);
    }

    [Fact]
    public async Task A_bell_that_meets_the_claim_of_an_earlier_start_finds_it_lapsed()
    {
        await book.BookClaimedAsync("evt_1");
        book.Restart();

        var answer = await book.Store.ClaimAsync(new(KeptBook.Delivery("evt_1"), 1), new Lease(2, KeptBook.LeaseEnd), KeptBook.Now, TestContext.Current.CancellationToken);
        Assert.Equal((ClaimResult.Lapsed, 1), (answer.Result, answer.Claim!.Attempt));
    }

    [Fact]
    public async Task The_claim_of_an_earlier_start_is_no_matter_of_time()
    {
        await book.BookClaimedAsync("evt_1");
        book.Restart();

        var due = await DueAsync(KeptBook.LeaseEnd.AddDays(1));
        Assert.Equal((0, null), (due.Rows.Count, due.Next));
    }

    [Fact]
    public async Task Orphans_are_found_over_several_starts_and_no_more_than_asked_for()
    {
        await book.BookClaimedAsync("evt_1");
        book.Restart();
        await book.BookClaimedAsync("evt_2");
        book.Restart();
        await book.BookClaimedAsync("evt_3");

        Assert.Single(await book.Store.OrphansAsync(1));
        Assert.Equal([KeptBook.Delivery("evt_1"), KeptBook.Delivery("evt_2")], (await book.Store.OrphansAsync(10)).Select(claim => claim.Delivery));
    }

    [Fact]
    public async Task What_was_not_claimed_is_no_orphan()
    {
        await book.BookAsync("evt_1", "billing", "audit");
        await book.RecordAsync(await book.ClaimAsync("evt_1"), DeliveryStatus.Retrying, AttemptOutcome.Retry);
        book.Restart();

        Assert.Empty(await book.Store.OrphansAsync(10));
        Assert.Equal(2, (await DueAsync(KeptBook.Now.AddMinutes(1))).Rows.Count);
    }

    [Fact]
    public async Task What_is_parked_stays_parked_and_is_no_orphan()
    {
        await book.BookAsync("evt_1", "billing", "audit");
        await book.Store.ParkAsync(new(KeptBook.Delivery("evt_1"), 1), KeptBook.Now, TestContext.Current.CancellationToken);
        book.Restart();

        Assert.Empty(await book.Store.OrphansAsync(10));
        Assert.Equal("audit", Assert.Single((await DueAsync(KeptBook.Now.AddYears(1))).Rows).Bell.Delivery.Destination);
        Assert.Equal([new DueRow(new(KeptBook.Delivery("evt_1"), 1), KeptBook.Now)], await book.Store.ParkedAsync("billing", 10, TestContext.Current.CancellationToken));
        await book.ClaimAsync("evt_1");
    }

    [Fact]
    public async Task Reopened_the_book_holds_everything()
    {
        await book.BookAsync("evt_1", "billing", "audit");
        await book.RecordAsync(await book.ClaimAsync("evt_1"), DeliveryStatus.DeadLettered, AttemptOutcome.DeadLetter);
        await book.BookAsync("evt_2");
        var (events, dead, stats) = (await ListAsync(), await DeadAsync(), await book.Store.CountAsync(TestContext.Current.CancellationToken));
        book.Restart();

        Assert.Equivalent(events, await ListAsync(), strict: true);
        Assert.Equal(dead, await DeadAsync());
        Assert.Equal(stats, await book.Store.CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal("{}"u8.ToArray(), (await book.Store.LoadAsync(KeptBook.Event("evt_2").Id, TestContext.Current.CancellationToken))!.Body.ToArray());
    }

    [Fact]
    public async Task A_file_closed_without_a_checkpoint_is_opened_with_everything()
    {
        await book.BookAsync("evt_1", "billing");
        var copy = Directory.CreateTempSubdirectory("sluice-test-").FullName;
        // The files as a killed process leaves them: what was committed stands in the WAL alone.
        foreach (var file in new[] { book.Database.File, book.Database.File + "-wal" }) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));

        using (var reopened = new LocalHost.Sqlite.SqliteEventStore(new(copy), TimeProvider.System, Assert.Fail))
            Assert.NotNull(await reopened.FindAsync(KeptBook.Event("evt_1").Id, TestContext.Current.CancellationToken));
        Directory.Delete(copy, recursive: true);
    }

    private async Task<DueRows> DueAsync(DateTimeOffset upTo) => await book.Store.DueAsync(upTo, 10, TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<Inspection.EventRecord>> ListAsync() => (await book.Store.ListAsync(new(), TestContext.Current.CancellationToken)).Items;

    private async Task<IReadOnlyList<Inspection.DeadLetter>> DeadAsync() => (await book.Store.ListDeadAsync(new(), TestContext.Current.CancellationToken)).Items;
}
