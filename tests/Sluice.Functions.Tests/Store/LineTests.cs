using Azure;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>What a line of deliveries on Table Storage meets: bookings and ends that were cut short, and clocks that differ.</summary>
public sealed class LineTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TablesDouble tables;
    private readonly TableEventStore store;
    private long token;

    public LineTests()
    {
        tables = new TablesDouble(time);
        store = Open(time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_place_whose_event_never_came_is_waited_for_a_minute()
    {
        tables.Before = request => request is { Table: "SluiceBook", Kind: TableRequestKind.Transaction } ? throw new RequestFailedException(500, "an error") : default;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await BookAsync("evt_1"));
        tables.Before = null;
        time.Advance(TimeSpan.FromSeconds(10));
        var second = await BookAsync("evt_2");
        var third = await BookAsync("evt_3");

        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(third)).Result);
        Assert.Equal([(second, new DateTimeOffset(2026, 3, 1, 12, 1, 0, TimeSpan.Zero))], (await store.DueAsync(time.GetUtcNow().AddMinutes(1), 10, Cancellation)).Rows.Select(row => (row.Bell.Delivery, row.Due)));
        time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(new Bell(third, 1), await DeliverAsync(second));
        Assert.Null(await DeliverAsync(third));

        // And forgotten when it is met an hour later.
        Assert.Single(Line());
        time.Advance(TimeSpan.FromHours(1));
        await DeliverAsync(await BookAsync("evt_4"));
        Assert.Empty(Line());
    }

    [Fact]
    public async Task One_that_comes_within_the_minute_is_first()
    {
        var release = new TaskCompletionSource();
        tables.Before = request => request is { Table: "SluiceBook", Kind: TableRequestKind.Transaction } ? new(release.Task) : default;
        var booking = BookAsync("evt_1");
        tables.Before = null;
        time.Advance(TimeSpan.FromSeconds(1));
        var second = await BookAsync("evt_2");
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        release.SetResult();
        var first = await booking;

        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        Assert.Equal(new Bell(second, 1), await DeliverAsync(first));
    }

    [Fact]
    public async Task A_line_whose_end_was_cut_short_is_moved_on_by_the_timer()
    {
        var (first, second) = (await BookAsync("evt_1"), await BookAsync("evt_2"));
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        await EndWithoutMovingOnAsync(first);
        Assert.Empty((await store.DueAsync(time.GetUtcNow().AddDays(1), 10, Cancellation)).Rows);
        Assert.Equal(0, await store.MoveLinesOnAsync(10, Cancellation));

        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await store.MoveLinesOnAsync(10, Cancellation));
        Assert.Equal([second], (await store.DueAsync(time.GetUtcNow(), 10, Cancellation)).Rows.Select(row => row.Bell.Delivery));
        Assert.Equal(0, await store.MoveLinesOnAsync(10, Cancellation));
        await DeliverAsync(second);
        Assert.Empty(Line());
    }

    [Fact]
    public async Task Whoever_comes_to_a_line_whose_end_was_cut_short_moves_it_on()
    {
        var (first, second) = (await BookAsync("evt_1"), await BookAsync("evt_2"));
        await EndWithoutMovingOnAsync(first);

        var claim = await ClaimAsync(second);
        Assert.Equal(ClaimResult.Claimed, claim.Result);
        var third = await BookAsync("evt_3");
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(third)).Result);
        time.Advance(TimeSpan.FromMinutes(3));
        // The end that is written down as to be moved on from changes nothing any more.
        Assert.Equal(1, await store.MoveLinesOnAsync(10, Cancellation));
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(third)).Result);
    }

    [Fact]
    public async Task Keepers_whose_clocks_differ_keep_in_the_order_in_which_they_came()
    {
        var ahead = Open(new VirtualTime(time.GetUtcNow().AddSeconds(5)));
        var first = await BookAsync("evt_1", ahead);
        time.Advance(TimeSpan.FromSeconds(1));
        var second = await BookAsync("evt_2");

        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        Assert.Equal(new Bell(second, 1), await DeliverAsync(first));
    }

    [Fact]
    public async Task A_line_that_is_done_leaves_no_row()
    {
        var ids = new List<DeliveryId>();
        for (var i = 0; i < 40; i++) ids.Add(await BookAsync($"evt_{i}"));
        foreach (var id in ids) await DeliverAsync(id);
        Assert.Empty(Line());
    }

    [Fact]
    public async Task An_end_that_comes_while_the_timer_looks_at_an_earlier_one_that_failed_is_still_moved_on_from()
    {
        var (first, second) = (await BookAsync("evt_1"), await BookAsync("evt_2"));
        Assert.Equal(ClaimResult.Behind, (await ClaimAsync(second)).Result);
        var claim = (await ClaimAsync(first)).Claim!;
        tables.Before = request => request is { Table: "SluiceBook", Kind: TableRequestKind.Transaction } ? throw new RequestFailedException(500, "an error") : default;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.RecordAsync(Delivered(claim), Cancellation));
        tables.Before = null;
        time.Advance(TimeSpan.FromMinutes(3));
        var unknown = Delivered(claim) with { Status = DeliveryStatus.Retrying, NextAttemptAt = time.GetUtcNow(), Due = time.GetUtcNow(), Attempt = new() { Number = 1, Outcome = AttemptOutcome.Unknown, StartedAt = time.GetUtcNow(), Duration = default } };
        Assert.True(await store.RecordAsync(unknown, Cancellation));

        // The timer has seen that it waits; then it is claimed, delivered, and its end is cut short before the line has moved on.
        tables.After = async request =>
        {
            if (request is not { Table: "SluiceBook", Kind: TableRequestKind.Get }) return;
            tables.After = null;
            var again = await store.ClaimAsync(new Bell(first, 2), new Lease(++token, time.GetUtcNow().AddMinutes(1)), time.GetUtcNow(), Cancellation);
            tables.Before = request => request is { Kind: TableRequestKind.Query } && request.PartitionKey?.StartsWith("q-", StringComparison.Ordinal) == true ? throw new RequestFailedException(500, "an error") : default;
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.RecordAsync(Delivered(again.Claim!) with { Attempt = new() { Number = 2, Outcome = AttemptOutcome.Done, StartedAt = time.GetUtcNow(), Duration = default } }, Cancellation));
            tables.Before = null;
        };
        await store.MoveLinesOnAsync(10, Cancellation);

        time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await store.MoveLinesOnAsync(10, Cancellation));
        Assert.Equal([second], (await store.DueAsync(time.GetUtcNow(), 10, Cancellation)).Rows.Select(row => row.Bell.Delivery));
    }

    private TableEventStore Open(TimeProvider clock) => new(new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), clock), new Random(1), clock);

    private List<string> Line() => [.. tables.Rows("SluiceIndex").Where(row => row.PartitionKey.StartsWith("q-", StringComparison.Ordinal) || row.RowKey[0] == 'm').Select(row => row.RowKey)];

    private async Task<DeliveryId> BookAsync(string name, TableEventStore? by = null)
    {
        var webhook = new WebhookEvent { Id = EventId.Of("stripe", name), Source = "stripe", Type = "invoice.paid", IdempotencyKey = name, ReceivedAt = time.GetUtcNow(), Headers = HeaderList.Empty, Body = "{}"u8.ToArray() };
        await (by ?? store).BookAsync(new Booking(webhook, [new BookedDelivery("billing", time.GetUtcNow().AddMinutes(2), null) { Place = new(Key, Holds: false) }]), Cancellation);
        time.Advance(TimeSpan.FromMilliseconds(1));
        return new(webhook.Id, "billing");
    }

    private async Task<ClaimAnswer> ClaimAsync(DeliveryId id) => await store.ClaimAsync(new Bell(id, 1), new Lease(++token, time.GetUtcNow().AddMinutes(1)), time.GetUtcNow(), Cancellation);

    private async Task<Bell?> DeliverAsync(DeliveryId id)
    {
        var claim = await ClaimAsync(id);
        Assert.Equal(ClaimResult.Claimed, claim.Result);
        return (await store.RecordAsync(Delivered(claim.Claim!), Cancellation)).Next;
    }

    private async Task EndWithoutMovingOnAsync(DeliveryId id)
    {
        var claim = await ClaimAsync(id);
        tables.Before = request => request.PartitionKey?.StartsWith("q-", StringComparison.Ordinal) == true ? throw new RequestFailedException(500, "an error") : default;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.RecordAsync(Delivered(claim.Claim!), Cancellation));
        tables.Before = null;
    }

    private Completion Delivered(Claim claim) => new()
    {
        Claim = claim, Status = DeliveryStatus.Delivered, At = time.GetUtcNow(), Attempt = new Attempt { Number = 1, Outcome = AttemptOutcome.Done, StartedAt = time.GetUtcNow(), Duration = TimeSpan.Zero },
    };
}
