using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    public ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            if (await DeliveryAsync(bell.Delivery, token) is not { } row || row.Status.IsEnd() || row.Lease is not null || row.BellAttempt != bell.Attempt) return false;
            // Behind another of its line it waits already, and is asked again when it is its turn.
            if (Keys.IsParked(row.DueKey!) || Keys.IsAside(row.DueKey!)) return true;
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

    public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken) => tables.WithinAsync<IReadOnlyList<string>>(async token =>
    {
        var found = await Task.WhenAll(Keys.Shards.Select(shard => ParkedDestinationsAsync(shard.ToString(), token)));
        return [.. found.SelectMany(names => names).Distinct(StringComparer.Ordinal)];
    }, cancellationToken);

    // From name to name: whatever waits with one is passed over by its name.
    private async Task<List<string>> ParkedDestinationsAsync(string shard, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        for (var behind = Keys.AllParked + "-"; ;)
        {
            string? key = null;
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey ge {behind} and RowKey lt {Keys.AllParked + "."}");
            await foreach (var row in Index.QueryAsync<TableEntity>(filter, 1, ["RowKey"], cancellationToken))
            {
                key = row.RowKey;
                break;
            }

            if (key is null) return names;
            names.Add(Keys.ReadDue(key).Delivery.Destination);
            behind = Keys.Parked(names[^1]) + ".";
        }
    }
}
