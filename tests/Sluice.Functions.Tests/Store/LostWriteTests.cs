using Azure;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>The answer to one write after the other gets lost, with an SDK that repeats by itself and meets our own 404, 409 or 412, and with one that does not.</summary>
public sealed class LostWriteTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime time = new(Now);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_document_is_added_changed_and_removed_once_whichever_answer_gets_lost(int sdkRetries)
    {
        for (var (write, hasCome) = (1, true); hasCome; write++)
        {
            var (tables, book) = Open(sdkRetries);
            var state = new TableSharedState(book, new Random(1));
            await state.ListAsync("destination", Cancellation);
            var losing = Lose(tables, write);

            var added = await AgainAsync(state, new("destination", "billing", "1"));
            var changed = await AgainAsync(state, added with { Json = "2" });
            Assert.Null(await state.WriteAsync(added with { Json = "3" }, Cancellation));
            Assert.Equal(changed, await state.FindAsync("destination", "billing", Cancellation));
            try
            {
                Assert.True(await state.RemoveAsync(changed, Cancellation));
            }
            catch (StoreUnavailableException)
            {
                Assert.Equal(0, sdkRetries);
            }

            Assert.Null(await state.FindAsync("destination", "billing", Cancellation));
            Assert.Empty(await state.ListAsync("destination", Cancellation));
            Assert.False(await state.RemoveAsync(changed, Cancellation));
            await AgainAsync(state, new("destination", "billing", "4"));
            hasCome = losing();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_delivery_is_parked_released_and_claimed_once_whichever_answer_gets_lost(int sdkRetries)
    {
        var webhook = new WebhookEvent { Id = EventId.Of("stripe", "evt_1"), Source = "stripe", Type = "t", IdempotencyKey = "evt_1", ReceivedAt = Now, Headers = HeaderList.Empty, Body = "{}"u8.ToArray() };
        var bell = new Bell(new(webhook.Id, "billing"), 1);
        for (var (write, hasCome) = (1, true); hasCome; write++)
        {
            var (tables, book) = Open(sdkRetries);
            await using var store = new TableEventStore(book, new Random(1), time);
            await store.BookAsync(new(webhook, [new("billing", Now.AddMinutes(2), null)]), Cancellation);
            var losing = Lose(tables, write);

            await AgainAsync(() => store.ParkAsync(bell, Now, Cancellation).AsTask());
            Assert.Equal([new DueRow(bell, Now)], await store.ParkedAsync("billing", 10, Cancellation));
            Assert.Empty((await store.DueAsync(Now.AddYears(1), 10, Cancellation)).Rows);

            await AgainAsync(() => store.PostponeAsync(bell, Now.AddMinutes(1), Cancellation).AsTask());
            Assert.Empty(await store.ParkedAsync("billing", 10, Cancellation));
            Assert.Equal([new DueRow(bell, Now.AddMinutes(1))], (await store.DueAsync(Now.AddYears(1), 10, Cancellation)).Rows);

            await AgainAsync(() => store.ParkAsync(bell, Now, Cancellation).AsTask());
            var lease = new Lease(7, Now.AddMinutes(3));
            await AgainAsync(async () => Assert.Equal(ClaimResult.Claimed, (await store.ClaimAsync(bell, lease, Now, Cancellation)).Result));
            Assert.Empty(await store.ParkedAsync("billing", 10, Cancellation));
            Assert.Equal([new DueRow(bell, lease.Until)], (await store.DueAsync(Now.AddYears(1), 10, Cancellation)).Rows);
            hasCome = losing();
        }
    }

    // Whether it has come is known when everything is done.
    private static Func<bool> Lose(TablesDouble tables, int at)
    {
        var (writes, hasCome) = (0, false);
        tables.After = request =>
        {
            if (!request.Writes || request.Try > 1 || ++writes != at) return default;
            hasCome = true;
            throw new RequestFailedException("The connection was reset");
        };
        return () => hasCome;
    }

    private static async Task AgainAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (StoreUnavailableException)
        {
            await write();
        }
    }

    // As whoever changes a document does: reads, and writes again unless it stands already.
    private static async Task<SharedDocument> AgainAsync(TableSharedState state, SharedDocument document)
    {
        SharedDocument? written = null;
        await AgainAsync(async () => written = await state.FindAsync(document.Kind, document.Name, Cancellation) is { } there && there.Json == document.Json ? there : await state.WriteAsync(document, Cancellation));
        Assert.NotNull(written);
        return written;
    }

    private (TablesDouble Tables, BookTables Book) Open(int sdkRetries)
    {
        var tables = new TablesDouble(time) { SdkRetries = sdkRetries };
        return (tables, new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), time));
    }
}
