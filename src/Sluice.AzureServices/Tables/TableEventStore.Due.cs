using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    /// <summary>How many bells are rung again at most when nothing says whether they are lost or the queue is only long.</summary>
    private const int MostLate = 100;

    private const int ReadsAtOnce = 32;

    /// <summary>
    /// What is due. A bell that was rung and not answered within its grace is lost only if newer ones have been handled since; while
    /// none were, the queue is long, and only a few are taken for lost.
    /// </summary>
    public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        var waiting = await OldestAsync(Keys.Waiting, limit + 1, token);
        var rung = await OldestAsync(Keys.Rung, limit + 1, token);
        var later = waiting.Concat(rung).Select(row => row.Due).Where(due => due > upTo).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();

        var lostUpTo = await LostUpToAsync(token);
        var isDue = waiting.Concat(rung.Where(row => row.Due <= lostUpTo)).Where(row => row.Due <= upTo).OrderBy(row => row.Due).Take(limit).ToList();
        // Fewer than were asked for, so that nobody asks on at once and gets as many again.
        var late = rung.Where(row => row.Due <= upTo && row.Due > lostUpTo).Take(Math.Min(MostLate, limit - isDue.Count - (isDue.Count > 0 ? 1 : 0)));
        isDue.AddRange(late);

        var rows = new List<DueRow>();
        foreach (var some in isDue.OrderBy(row => row.Due).Chunk(ReadsAtOnce))
        {
            foreach (var (row, delivery) in await Task.WhenAll(some.Select(row => LookAsync(row, token))))
            {
                if (delivery is null) continue;
                // Held: it is looked at when its holder's time is over.
                if (delivery.IsHeld(upTo)) later = delivery.Lease!.Until < later ? delivery.Lease.Until : later;
                else rows.Add(new(new Bell(row.Delivery, row.Attempt), delivery.Lease is { } lease && lease.Until > row.Due ? lease.Until : row.Due));
            }
        }

        var isAll = waiting.Count + rung.Count <= limit || rows.Count < limit;
        return new DueRows([.. rows.OrderBy(row => row.Due)], isAll && later < DateTimeOffset.MaxValue ? later : null);
    }, cancellationToken);

    public async ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            if (await DeliveryAsync(bell.Delivery, token) is not { } row || row.Status.IsEnd() || row.BellAttempt != bell.Attempt || Keys.IsAside(row.DueKey!)) return false;
            if (await MoveDueAsync(row, due, isRung: true, token)) return true;
        }

        throw new StoreUnavailableException($"{bell.Delivery} is changed by many at once");
    }, cancellationToken);

    private Task<bool> MoveDueAsync(DeliveryRow row, DateTimeOffset due, bool isRung, CancellationToken cancellationToken)
    {
        var receipt = NewReceipt();
        return MoveDueAsync(row, Keys.Due(isRung, due, row.Id, row.BellAttempt, receipt), receipt, cancellationToken);
    }

    // First the new row, then the delivery that points to it, then the old row goes: at no moment is there none.
    private async Task<bool> MoveDueAsync(DeliveryRow row, string key, long receipt, CancellationToken cancellationToken)
    {
        var moved = row with { DueKey = key, Receipt = receipt };
        // Of one that is put aside its place in the line is the due row.
        if (!Keys.IsAside(key)) await AddIndexAsync(row.Id.Event, key, cancellationToken);
        var isMoved = await ChangeAsync(row, moved, cancellationToken);
        await ForgetAsync(row.Id.Event, [isMoved ? row.DueKey : key], cancellationToken);
        return isMoved;
    }

    private async Task<DateTimeOffset> LostUpToAsync(CancellationToken cancellationToken) =>
        await sums.HeardUpToAsync(cancellationToken) is { } heard ? heard + BellTimes.Grace : DateTimeOffset.MinValue;

    private async Task<List<DueEntry>> OldestAsync(string kind, int limit, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Keys.Shards.Select(shard => FirstAsync(shard.ToString(), kind, null, limit, cancellationToken)));
        return [.. found.SelectMany(rows => rows).Select(row => new DueEntry(row)).OrderBy(row => row.Due).Take(limit)];
    }

    /// <summary>The first rows of a kind in a shard, behind a key where one is given.</summary>
    private async Task<List<TableEntity>> FirstAsync(string shard, string kind, string? behind, int limit, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        var filter = behind is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey ge {kind + "-"} and RowKey lt {kind + "."}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {shard} and RowKey gt {kind + "-" + behind} and RowKey lt {kind + "."}");
        await foreach (var row in Index.QueryAsync<TableEntity>(filter, Math.Min(limit, 1000), cancellationToken: cancellationToken))
        {
            rows.Add(row);
            if (rows.Count == limit) break;
        }

        return rows;
    }

    // Null where the row points to nothing: its delivery has another by now, has ended, or was never booked.
    private async Task<(DueEntry Row, DeliveryRow? Delivery)> LookAsync(DueEntry row, CancellationToken cancellationToken)
    {
        var delivery = await DeliveryAsync(row.Delivery, cancellationToken);
        if (delivery?.DueKey == row.Entity.RowKey) return (row, delivery);
        if (IsSettled(row.Entity)) await ForgetAsync(row.Delivery.Event, [row.Entity.RowKey], cancellationToken);
        return (row, null);
    }

    private sealed record DueEntry(TableEntity Entity)
    {
        private readonly (DateTimeOffset Due, DeliveryId Delivery, int Attempt) key = Keys.ReadDue(Entity.RowKey);

        public DateTimeOffset Due => key.Due;

        public DeliveryId Delivery => key.Delivery;

        public int Attempt => key.Attempt;
    }
}
