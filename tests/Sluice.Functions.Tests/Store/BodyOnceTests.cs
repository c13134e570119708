using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>However many destinations an event has, its body is kept once.</summary>
public sealed class BodyOnceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200)]
    [InlineData(40 * 1024)]
    [InlineData(3 * 1024 * 1024)]
    public async Task Ten_destinations_are_nine_small_rows_more_than_one(int bytes)
    {
        var (one, ten) = (await BookAsync(bytes, destinations: 1), await BookAsync(bytes, destinations: 10));

        Assert.Equal(one.Count + 9, ten.Count);
        Assert.InRange(ten.Sum(Size) - one.Sum(Size), 1, 9 * 2048);
        Assert.InRange(ten.Sum(Size), bytes, (bytes * 11 / 10) + 16 * 1024);
    }

    // The rows of the event's partition, bodies among them.
    private static async Task<IReadOnlyList<Azure.Data.Tables.TableEntity>> BookAsync(int bytes, int destinations)
    {
        var time = new VirtualTime(Now);
        var tables = new TablesDouble(time);
        var store = new TableEventStore(new BookTables(tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), time), new Random(1), time);
        var body = new byte[bytes];
        // Nothing that could be made smaller.
        new Random(1).NextBytes(body);
        var webhook = new WebhookEvent
        {
            Id = EventId.Of("stripe", "evt_1"), Source = "stripe", Type = "invoice.paid", IdempotencyKey = "evt_1", ReceivedAt = Now, Headers = HeaderList.Empty, Body = body,
        };
        await store.BookAsync(new(webhook, [.. Enumerable.Range(0, destinations).Select(i => new BookedDelivery($"to_{i}", Now, null))]), TestContext.Current.CancellationToken);
        Assert.Equal(body, (await store.LoadAsync(webhook.Id, TestContext.Current.CancellationToken))!.Body.ToArray());
        return [.. tables.Rows(BookTables.DefaultPrefix + "Book")];
    }

    private static long Size(Azure.Data.Tables.TableEntity row) => row.Keys.Sum(key => row[key] switch
    {
        byte[] bytes => bytes.Length,
        BinaryData data => data.ToMemory().Length,
        string text => text.Length * 2L,
        _ => 8,
    });
}
