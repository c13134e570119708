using System.Globalization;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Hosts.Tests.Sqlite;

/// <summary>The running counts are what counting would give.</summary>
public sealed class CountersTests : IDisposable
{
    private const int Steps = 400;
    private const int Keys = 25;

    private static readonly string[] Destinations = ["billing", "audit", "ledger"];

    private readonly KeptBook book = new();

    public void Dispose() => book.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_a_random_walk_the_counts_equal_those_of_the_rows(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < Steps; step++)
        {
            await StepAsync(random, step);
            if (step % 100 == 99) book.Restart();
            if (step % 20 == 19) Assert.Equal(Counted(), await StatsAsync());
        }

        Assert.True((await StatsAsync()).IsConserved);
        Assert.Equal(Written(), await StatsAsync());
    }

    [Fact]
    public async Task A_booking_that_fails_counts_nothing()
    {
        await book.BookAsync("evt_1", "billing");
        using (var other = book.Look())
        {
            other.Run("CREATE TRIGGER refuse BEFORE INSERT ON deliveries WHEN new.destination = 'audit' BEGIN SELECT RAISE(FAIL, 'refused'); END");
            await Assert.ThrowsAsync<StoreUnavailableException>(() => book.BookAsync("evt_2", "billing", "audit"));
            await book.BookAsync("evt_3", "billing");
        }

        Assert.Equal(new Stats(2, 2, 2, 0, 0, 0, 0, 0), await StatsAsync());
        Assert.Equal(Counted(), await StatsAsync());
    }

    private async Task StepAsync(Random random, int step)
    {
        var key = $"evt_{random.Next(Keys)}";
        var id = KeptBook.Delivery(key, Destinations[random.Next(Destinations.Length)]);
        var cancellation = TestContext.Current.CancellationToken;
        switch (random.Next(12))
        {
            case 0 or 1 or 2 or 3: await book.BookAsync(key, [.. Destinations.Take(random.Next(Destinations.Length + 1))]); break;
            case 4 or 5 or 6 or 7: await AttemptAsync(random, step); break;
            case 8: await book.Store.ReplayAsync(id, KeptBook.Now, onlyDead: random.Next(2) == 0, cancellation); break;
            case 9: await book.Store.PurgeAsync(id, "purged", KeptBook.Now, cancellation); break;
            case 10: await book.Store.AddDeliveryAsync(id, KeptBook.Now, cancellation); break;
            // Every so often, and few at a time: an empty book has nothing to count.
            default: await book.Store.RetainAsync(KeptBook.Now.AddDays(step % 5 == 0 ? 1 : -1), 2, KeptBook.Now, cancellation); break;
        }
    }

    private async Task AttemptAsync(Random random, int step)
    {
        var due = await book.Store.DueAsync(KeptBook.Now.AddDays(1), 100, TestContext.Current.CancellationToken);
        if (due.Rows.Count == 0) return;
        var answer = await book.Store.ClaimAsync(due.Rows[random.Next(due.Rows.Count)].Bell, new Lease(step, KeptBook.LeaseEnd), KeptBook.Now, TestContext.Current.CancellationToken);
        // Some claims are never completed, some twice.
        for (var times = random.Next(3); times > 0 && answer.Claim is { } claim; times--)
            await book.RecordAsync(claim, (DeliveryStatus)random.Next((int)DeliveryStatus.Retrying, (int)DeliveryStatus.Skipped), AttemptOutcome.Retry);
    }

    private async Task<Stats> StatsAsync() => await book.Store.CountAsync(TestContext.Current.CancellationToken);

    private Stats Counted()
    {
        using var look = book.Look();
        var byStatus = look.Rows("SELECT status, count(*) FROM deliveries GROUP BY status").ToDictionary(row => (DeliveryStatus)(long)row[0], row => (long)row[1]);
        return Sums(look.Number("SELECT count(*) FROM events"), [.. Enum.GetValues<DeliveryStatus>().Select(status => byStatus.GetValueOrDefault(status))]);
    }

    private Stats Written()
    {
        using var look = book.Look();
        var row = Assert.Single(look.Rows("SELECT events, pending, retrying, delivered, dead, expired, skipped FROM counts")).Select(value => Convert.ToInt64(value, CultureInfo.InvariantCulture)).ToArray();
        return Sums(row[0], row[1..]);
    }

    private static Stats Sums(long events, long[] of) => new(events, of.Sum(), of[0], of[1], of[2], of[3], of[4], of[5]);
}
