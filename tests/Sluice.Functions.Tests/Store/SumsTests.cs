using Azure;
using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>How several processes count together.</summary>
public sealed class SumsTests : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly VirtualTime time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TablesDouble tables;
    private readonly List<TableEventStore> stores = [];
    private int lastEvent;

    public SumsTests() => tables = new TablesDouble(time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        (tables.Before, tables.After) = (null, null);
        foreach (var store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task What_several_processes_count_is_added_up_by_each()
    {
        var (one, other) = (Open(), Open());
        await BookAsync(one, 3);
        await BookAsync(other, 4);
        time.Advance(Pause);
        foreach (var store in new[] { one, other, Open() }) Assert.Equal(Pending(7), await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_process_knows_its_own_at_once_and_the_others_after_5_seconds()
    {
        var (one, other) = (Open(), Open());
        await BookAsync(one, 1);
        time.Advance(TimeSpan.FromSeconds(1));
        await BookAsync(one, 2);
        Assert.Equal(Pending(3), await one.CountAsync(Cancellation));
        Assert.Equal(Pending(1), await other.CountAsync(Cancellation));
        time.Advance(Pause);
        Assert.Equal(Pending(3), await other.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_process_writes_its_sums_once_in_5_seconds_at_most()
    {
        var writes = new List<DateTimeOffset>();
        tables.Before = request =>
        {
            if (request is { PartitionKey: "sums", Writes: true }) writes.Add(time.GetUtcNow());
            return default;
        };
        var store = Open();
        await store.PingAsync(Cancellation);
        for (var i = 0; i < 120; i++)
        {
            await BookAsync(store, 1);
            time.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.InRange(writes.Count, 12, 13);
        Assert.All(writes.Zip(writes.Skip(1)), pair => Assert.True(pair.Second - pair.First >= Pause));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_write_whose_answer_got_lost_counts_once(int sdkRetries)
    {
        tables.SdkRetries = sdkRetries;
        var store = Open();
        await BookAsync(store, 1);
        time.Advance(Pause);
        // Two answers in a row, and more is counted meanwhile.
        var lost = 0;
        tables.After = request => request is { PartitionKey: "sums", Writes: true } && lost++ < 2 ? throw new RequestFailedException("The connection was reset") : default;
        for (var i = 0; i < 6; i++)
        {
            await BookAsync(store, 1);
            time.Advance(Pause);
        }

        time.Advance(Pause);
        Assert.Equal(Pending(7), await store.CountAsync(Cancellation));
        Assert.Equal(Pending(7), await Open().CountAsync(Cancellation));
    }

    [Fact]
    public async Task The_first_write_of_a_process_counts_once_when_its_answer_got_lost()
    {
        var store = Open();
        await store.PingAsync(Cancellation);
        var lost = 0;
        tables.After = request => request is { PartitionKey: "sums", Writes: true } && lost++ < 1 ? throw new RequestFailedException("The connection was reset") : default;
        await BookAsync(store, 2);
        time.Advance(TimeSpan.FromSeconds(1));
        await BookAsync(store, 3);
        time.Advance(3 * Pause);
        Assert.Equal(Pending(5), await store.CountAsync(Cancellation));
        Assert.Equal(Pending(5), await Open().CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_could_not_be_written_is_written_later_even_if_nothing_more_is_counted()
    {
        var store = Open();
        await BookAsync(store, 2);
        tables.Before = _ => throw new RequestFailedException("Connection refused");
        time.Advance(TimeSpan.FromSeconds(20));
        tables.Before = null;
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(Pending(2), await Open().CountAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_counted_during_a_slow_write_is_written_even_if_nothing_more_is_counted()
    {
        var (store, answered) = (Open(), new TaskCompletionSource());
        await store.PingAsync(Cancellation);
        tables.Before = request => request is { PartitionKey: "sums", Writes: true } ? new(answered.Task) : default;
        await BookAsync(store, 2);
        time.Advance(TimeSpan.FromSeconds(1));
        await BookAsync(store, 1);
        time.Advance(Pause + TimeSpan.FromSeconds(1));

        tables.Before = null;
        answered.SetResult();
        var seen = Pending(0);
        for (var tries = 0; seen != Pending(3) && tries < 1000; tries++)
        {
            await Task.Yield();
            time.Advance(Pause);
            seen = await Open().CountAsync(Cancellation);
        }

        Assert.Equal(Pending(3), seen);
    }

    [Fact]
    public async Task A_process_that_ends_writes_what_it_has_counted()
    {
        var store = Open();
        await BookAsync(store, 2);
        await store.DisposeAsync();
        Assert.Equal(Pending(2), await Open().CountAsync(Cancellation));
    }

    [Fact]
    public async Task The_rows_of_processes_that_are_long_gone_become_one_and_count_as_before()
    {
        for (var i = 0; i < 120; i++) await BookAsync(Open(), 1);
        time.Advance(TimeSpan.FromDays(2));
        var store = Open();
        await store.FoldSumsAsync(Cancellation);
        await store.FoldSumsAsync(Cancellation);
        Assert.Single(tables.Rows("SluiceIndex"), row => row.PartitionKey == "sums");
        Assert.Equal(Pending(120), await store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_process_that_was_taken_for_gone_goes_on_counting_and_nothing_counts_twice()
    {
        var (sleeper, other) = (Open(), Open());
        await BookAsync(sleeper, 3);
        time.Advance(TimeSpan.FromDays(2));
        await other.FoldSumsAsync(Cancellation);
        Assert.Equal(Pending(3), await sleeper.CountAsync(Cancellation));
        Assert.Equal(Pending(3), await other.CountAsync(Cancellation));

        await BookAsync(sleeper, 2);
        time.Advance(3 * Pause);
        Assert.Equal(Pending(5), await sleeper.CountAsync(Cancellation));
        Assert.Equal(Pending(5), await other.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Two_that_fold_at_once_count_nothing_twice()
    {
        for (var i = 0; i < 10; i++) await BookAsync(Open(), 1);
        time.Advance(TimeSpan.FromDays(2));
        var (one, other) = (Open(), Open());
        var isFirst = true;
        tables.Before = request =>
        {
            if (request.Kind != TableRequestKind.Transaction || !isFirst) return default;
            isFirst = false;
            return other.FoldSumsAsync(Cancellation);
        };
        await one.FoldSumsAsync(Cancellation);
        Assert.Equal(Pending(10), await one.CountAsync(Cancellation));
    }

    private static Stats Pending(int count) => new(count, count, count, 0, 0, 0, 0, 0);

    private TableEventStore Open()
    {
        var store = new TableEventStore(new BookTables(tables, "Sluice", TimeSpan.FromSeconds(10), time), new Random(stores.Count), time);
        stores.Add(store);
        return store;
    }

    private async Task BookAsync(TableEventStore store, int events)
    {
        for (var i = 0; i < events; i++)
        {
            var key = $"evt_{++lastEvent}";
            var webhook = new WebhookEvent
            {
                Id = EventId.Of("stripe", key), Source = "stripe", Type = "t", IdempotencyKey = key, ReceivedAt = time.GetUtcNow(), Headers = HeaderList.Empty, Body = "{}"u8.ToArray(),
            };
            await store.BookAsync(new Booking(webhook, [new("billing", time.GetUtcNow().AddMinutes(2), null)]), Cancellation);
        }
    }
}
