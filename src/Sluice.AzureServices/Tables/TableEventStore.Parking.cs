using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    public async ValueTask ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            if (await DeliveryAsync(bell.Delivery, token) is not { } row || row.Status.IsEnd() || row.Lease is not null || row.BellAttempt != bell.Attempt || Keys.IsParked(row.DueKey!)) return false;
            var (due, receipt) = (Keys.ReadDue(row.DueKey!).Due, NewReceipt());
            if (await MoveDueAsync(row, Keys.Parked(due < now ? due : now, row.Id, bell.Attempt, receipt), receipt, token)) return true;
        }

        throw new StoreUnavailableException($"{bell.Delivery} is changed by many at once");
    }, cancellationToken);

    public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken) => tables.WithinAsync<IReadOnlyList<DueRow>>(async token =>
    {
        var found = await Task.WhenAll(Keys.Shards.Select(shard => FirstAsync(shard.ToString(), Keys.Parked(destination), null, limit, token)));
        var rows = new List<DueRow>();
        // All that were found: the first of them may point to nothing.
        foreach (var some in found.SelectMany(rows => rows).Select(row => new DueEntry(row)).OrderBy(row => row.Due).Chunk(Math.Min(limit, ReadsAtOnce)))
        {
            foreach (var (row, delivery) in await Task.WhenAll(some.Select(row => LookAsync(row, token))))
            {
                if (delivery is not null) rows.Add(new(new Bell(row.Delivery, row.Attempt), row.Due));
                if (rows.Count == limit) return rows;
            }
        }

        return rows;
    }, cancellationToken);
}
