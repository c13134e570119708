using Azure.Data.Tables;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    /// <summary>How many rows of an index a page looks at, at least.</summary>
    private const int RowsInLook = 100;

    public async ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Before is not null && !Keys.IsPlace(filter.Before)) throw new CursorException();
        return await tables.WithinAsync(token => ListAsync(filter, Keys.Shards, token), cancellationToken);
    }

    public async ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Before is not null && !Keys.IsPlace(filter.Before)) throw new CursorException();
        return await tables.WithinAsync(token => ListDeadAsync(filter, filter.Event is { } id ? Keys.Shard(id) : Keys.Shards, token), cancellationToken);
    }

    private async Task<Page<EventRecord>> ListAsync(EventFilter filter, string shards, CancellationToken cancellationToken)
    {
        var (rows, isAll) = await NewestAsync(Keys.List, shards, filter.Before, filter.Limit, cancellationToken);
        return await PageAsync(rows, isAll, filter.Limit, Keys.List, row => Matches(filter.Source, row["Source"]) && (filter.Type is null || Destination.Matches(filter.Type, (string)row["Type"])), async row =>
        {
            var id = Keys.ReadListed(row.RowKey);
            if (await RecordAsync(id, cancellationToken) is not var (webhook, record) || webhook.ListKey != row.RowKey)
            {
                // A row that points to nothing: another booking of the event was first, or it is not booked yet.
                if (IsSettled(row)) await ForgetAsync(id, [row.RowKey], cancellationToken);
                return null;
            }

            return filter.Status is null || record.Status.Equals(filter.Status, StringComparison.OrdinalIgnoreCase) ? record : null;
        });
    }

    private async Task<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, string shards, CancellationToken cancellationToken)
    {
        var behind = filter.DeadBefore is { } moment && string.CompareOrdinal(Keys.NewestFirst(moment) + "~", filter.Before) > 0 ? Keys.NewestFirst(moment) + "~" : filter.Before;
        var (rows, isAll) = await NewestAsync(Keys.Dead, shards, behind, filter.Limit, cancellationToken);
        return await PageAsync(rows, isAll, filter.Limit, Keys.Dead, row => IsMeant(filter, Keys.ReadDeadLetter(row.RowKey)), async row =>
        {
            var id = Keys.ReadDeadLetter(row.RowKey);
            var found = await PartitionAsync(id.Event, "d", "e", EventRow.WithoutBody, cancellationToken);
            var dead = Deliveries(found).FirstOrDefault(delivery => delivery.Id == id);
            if (dead?.DeadKey != row.RowKey || Event(found) is not { } webhook)
            {
                if (IsSettled(row)) await ForgetAsync(id.Event, [row.RowKey], cancellationToken);
                return null;
            }

            if (!Matches(filter.Source, webhook.Source) || (filter.Type is not null && !Destination.Matches(filter.Type, webhook.Type))) return null;
            return new DeadLetter { Id = id, Source = webhook.Source, Type = webhook.Type, Reason = dead.Reason ?? "", StatusCode = dead.StatusCode, Attempts = dead.Number, DeadAt = dead.EndedAt!.Value };
        });
    }

    private static bool IsMeant(DeadLetterFilter filter, DeliveryId id) => Matches(filter.Destination, id.Destination) && (filter.Event is null || filter.Event == id.Event);

    private static bool Matches(string? wanted, object found) => wanted is null || wanted.Equals(found);

    /// <summary>The newest rows of a list behind a place, over all shards; whether there are no more.</summary>
    private async Task<(List<TableEntity> Rows, bool IsAll)> NewestAsync(string kind, string shards, string? behind, int limit, CancellationToken cancellationToken)
    {
        var many = Math.Max(limit, RowsInLook);
        var found = await Task.WhenAll(shards.Select(shard => FirstAsync(shard.ToString(), kind, behind, many, cancellationToken)));
        var rows = found.SelectMany(rows => rows).OrderBy(row => row.RowKey, StringComparer.Ordinal).ToList();
        // Further down a shard that was read only in part could hold what belongs in between.
        return (rows[..Math.Min(rows.Count, many)], rows.Count <= many && found.All(some => some.Count < many));
    }

    private static async Task<Page<T>> PageAsync<T>(List<TableEntity> rows, bool isAll, int limit, string kind, Predicate<TableEntity> isMeant, Func<TableEntity, Task<T?>> read)
        where T : class
    {
        var items = new List<T>();
        foreach (var (index, row) in rows.Index())
        {
            if (!isMeant(row) || await read(row) is not { } item) continue;
            items.Add(item);
            if (items.Count == limit) return new Page<T>(items, isAll && index == rows.Count - 1 ? null : row.RowKey[(kind.Length + 1)..]);
        }

        return new Page<T>(items, isAll ? null : rows[^1].RowKey[(kind.Length + 1)..]);
    }
}
