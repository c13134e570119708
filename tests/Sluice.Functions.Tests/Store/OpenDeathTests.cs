using Azure;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>A death is remembered until its message stands in the dead-letter queue, whoever looks meanwhile.</summary>
public sealed class OpenDeathTests : IAsyncDisposable
{
    private readonly VirtualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TablesDouble tables;
    private readonly TableEventStore store;

    public OpenDeathTests()
    {
        tables = new(time);
        store = new(new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), time), new Random(1), time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_death_that_is_recorded_while_the_timer_looks_at_an_earlier_try_of_it_stays_open()
    {
        var claim = await AnnouncedAsync();
        // The timer has seen that the delivery is not dead; then the attempt, given up as unknown, is its last.
        tables.After = async request =>
        {
            if (request is not { Table: "SluiceBook", Kind: TableRequestKind.Get }) return;
            tables.After = null;
            Assert.True(await store.RecordAsync(Dead(claim), Cancellation));
        };
        Assert.Empty(await store.OpenDeathsAsync(10, Cancellation));

        Assert.NotNull(await store.OpenDeathAsync(claim.Delivery, 1, Cancellation));
        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal([claim.Delivery], (await store.OpenDeathsAsync(10, Cancellation)).Select(death => death.Delivery));
    }

    [Fact]
    public async Task A_death_that_came_to_nothing_is_forgotten()
    {
        await AnnouncedAsync();
        Assert.Empty(await store.OpenDeathsAsync(10, Cancellation));
        Assert.DoesNotContain(tables.Rows("SluiceIndex"), row => row.RowKey[0] == 'o');
    }

    // The death is announced, and Tables fails before it is written.
    private async Task<Claim> AnnouncedAsync()
    {
        var webhook = new WebhookEvent { Id = EventId.Of("stripe", "evt_1"), Source = "stripe", Type = "t", IdempotencyKey = "evt_1", ReceivedAt = time.GetUtcNow(), Headers = HeaderList.Empty, Body = "{}"u8.ToArray() };
        await store.BookAsync(new(webhook, [new("billing", time.GetUtcNow().AddMinutes(2), null)]), Cancellation);
        var claim = (await store.ClaimAsync(new Bell(new(webhook.Id, "billing"), 1), new Lease(1, time.GetUtcNow().AddMinutes(1)), time.GetUtcNow(), Cancellation)).Claim!;
        tables.Before = request => request is { Table: "SluiceBook", Kind: TableRequestKind.Transaction } ? throw new RequestFailedException(500, "an error") : default;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.RecordAsync(Dead(claim), Cancellation));
        tables.Before = null;
        time.Advance(TimeSpan.FromMinutes(3));
        return claim;
    }

    private Completion Dead(Claim claim) => new()
    {
        Claim = claim, Status = DeliveryStatus.DeadLettered, Reason = "no", At = time.GetUtcNow(), Attempt = new() { Number = 1, Outcome = AttemptOutcome.DeadLetter, StartedAt = time.GetUtcNow(), Duration = default },
    };
}
