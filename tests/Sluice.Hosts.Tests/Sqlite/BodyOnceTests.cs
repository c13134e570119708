namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>However many destinations an event has, its body is kept once.</summary>
public sealed class BodyOnceTests : IDisposable
{
    private const int Bytes = 1 << 20;

    private readonly KeptBook book = new();

    public void Dispose() => book.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task An_event_with_ten_destinations_takes_the_room_of_one_with_one(int destinations)
    {
        using var look = book.Look();
        var before = Size();
        var webhook = KeptBook.Event("evt_1") with { Body = new byte[Bytes] };
        await book.Store.BookAsync(new(webhook, [.. Enumerable.Range(0, destinations).Select(i => new Storage.BookedDelivery($"to_{i}", KeptBook.Now, null))]), TestContext.Current.CancellationToken);

        Assert.Equal((1, destinations), (look.Number("SELECT count(*) FROM events"), look.Number("SELECT count(*) FROM deliveries")));
        Assert.InRange(Size() - before, Bytes, Bytes + (Bytes / 8));

        long Size() => look.Number("PRAGMA page_count") * look.Number("PRAGMA page_size");
    }
}
