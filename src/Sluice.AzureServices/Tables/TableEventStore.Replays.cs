using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    public ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            if (await DeliveryAsync(delivery, token) is not { } row || !row.Status.IsEnd()) return null;
            if (onlyDead && row.Status != DeliveryStatus.DeadLettered) return null;
            var receipt = NewReceipt();
            var opened = row with
            {
                Status = DeliveryStatus.Pending, Reason = null, StatusCode = null, EndedAt = null, DeadKey = null, NextAttemptAt = null,
                CountedFrom = row.Number, DueKey = Keys.Due(isRung: true, due, delivery, row.Number + 1, receipt), Receipt = receipt,
                // The dead letter that holds its line goes on in its place; whatever left it before is out of order.
                Line = row.Line is null || row.IsInLine ? row.Line : row.Line with { IsOutOfOrder = true },
            };
            await AddIndexAsync(delivery.Event, opened.DueKey, token);
            var isOpened = await ChangeAsync(row, opened, token);
            await ForgetAsync(delivery.Event, [isOpened ? row.DeadKey : opened.DueKey], token);
            if (!isOpened) continue;
            sums.Moved(row.Status, DeliveryStatus.Pending);
            return new Bell(delivery, row.Number + 1);
        }

        throw new StoreUnavailableException($"{delivery} is changed by many at once");
    }, cancellationToken);

    public ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            if (await DeliveryAsync(delivery, token) is not { Status: DeliveryStatus.DeadLettered } row) return false;
            if (row.IsInLine) await LeaveAsync(row, token);
            if (!await ChangeAsync(row, row.Ended(DeliveryStatus.Skipped, reason, at) with { Receipt = NewReceipt() }, token)) continue;
            sums.Moved(DeliveryStatus.DeadLettered, DeliveryStatus.Skipped);
            await ForgetAsync(delivery.Event, [row.DeadKey], token);
            if (row.IsInLine) await LeftAsync(row, null, isRung: false, token);
            return true;
        }

        throw new StoreUnavailableException($"{delivery} is changed by many at once");
    }, cancellationToken);

    /// <summary>Whether this death's message is still to be moved to the dead-letter queue, and why the delivery died.</summary>
    public ValueTask<DeadLetterOpen?> OpenDeathAsync(DeliveryId delivery, int attempt, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        var open = await Index.GetEntityIfExistsAsync<TableEntity>(Keys.Shard(delivery.Event), Keys.OpenDeath(delivery, attempt), cancellationToken: token);
        return open.HasValue && await DeliveryAsync(delivery, token) is { Status: DeliveryStatus.DeadLettered } row && row.Number == attempt ? new DeadLetterOpen(delivery, attempt, row.Reason ?? "") : null;
    }, cancellationToken);

    /// <summary>The attempt that a delivery died of; null where it is not dead.</summary>
    public ValueTask<int?> DeathAsync(DeliveryId delivery, CancellationToken cancellationToken) =>
        tables.WithinAsync<int?>(async token => await DeliveryAsync(delivery, token) is { Status: DeliveryStatus.DeadLettered } row ? row.Number : null, cancellationToken);

    /// <summary>The death's message stands in the dead-letter queue.</summary>
    public async ValueTask CloseDeathAsync(DeliveryId delivery, int attempt, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        await ForgetAsync(delivery.Event, [Keys.OpenDeath(delivery, attempt)], token);
        return true;
    }, cancellationToken);

    /// <summary>Deaths whose message has not reached the dead-letter queue in good time: it was lost, or there never was one.</summary>
    public ValueTask<IReadOnlyList<DeadLetterOpen>> OpenDeathsAsync(int limit, CancellationToken cancellationToken) => tables.WithinAsync<IReadOnlyList<DeadLetterOpen>>(async token =>
    {
        var found = await Task.WhenAll(Keys.Shards.Select(shard => FirstAsync(shard.ToString(), Keys.Open, null, limit, token)));
        var open = new List<DeadLetterOpen>();
        foreach (var row in found.SelectMany(rows => rows).Where(IsSettled).Take(limit))
        {
            var (delivery, attempt) = Keys.ReadOpenDeath(row.RowKey);
            if (await DeliveryAsync(delivery, token) is { Status: DeliveryStatus.DeadLettered } dead && dead.Number == attempt) open.Add(new(delivery, attempt, dead.Reason ?? ""));
            else await ForgetAsync(row, token);
        }

        return open;
    }, cancellationToken);
}

/// <summary>A death whose message is not in the dead-letter queue yet.</summary>
/// <param name="Attempt">The attempt it died of.</param>
public sealed record DeadLetterOpen(DeliveryId Delivery, int Attempt, string Reason);
