using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    private const int RowsAtOnce = 99;
    private const int EventsAtOnce = 16;

    public ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        var (expired, deleted, touched) = (0, 0, 0);
        // Events that were received at that very moment stay.
        var (rows, _) = await NewestAsync(Keys.List, Keys.Shards, Keys.NewestFirst(before) + "~", 4 * limit, token);
        for (var at = 0; at < rows.Count && touched < limit;)
        {
            var some = rows.GetRange(at, Math.Min(Math.Min(EventsAtOnce, limit - touched), rows.Count - at));
            at += some.Count;
            foreach (var retained in await Task.WhenAll(some.Select(listed => RetainAsync(listed, now, token))))
            {
                (expired, deleted) = (expired + retained.Expired, deleted + retained.Deleted);
                if (retained != default) touched++;
            }
        }

        // Whose event is gone is dead no longer: to look at a row among the dead that points to nothing removes it.
        if (touched == 0) await ListDeadAsync(new DeadLetterFilter { DeadBefore = before, Limit = limit }, Keys.Shards, token);
        return new Retained(expired, deleted);
    }, cancellationToken);

    /// <summary>What becomes of one event that is old enough.</summary>
    private async Task<Retained> RetainAsync(TableEntity listed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Keys.ReadListed(listed.RowKey);
        var found = await PartitionAsync(id, "b", "t", EventRow.WithoutBody, cancellationToken);
        if (Event(found) is not { } webhook || webhook.ListKey != listed.RowKey)
        {
            if (Event(found) is null) await DeleteAsync(found, cancellationToken);
            await ForgetAsync(id, [listed.RowKey], cancellationToken);
            return default;
        }

        var deliveries = Deliveries(found).ToList();
        if (deliveries.TrueForAll(delivery => delivery.Status.IsEnd())) return new(0, await LetGoAsync(webhook, deliveries, found, cancellationToken) ? 1 : 0);
        var expired = 0;
        foreach (var delivery in deliveries.Where(delivery => !delivery.Status.IsEnd() && !delivery.IsHeld(now))) expired += await ExpireAsync(delivery, now, cancellationToken) ? 1 : 0;
        return new(expired, 0);
    }

    private async Task<bool> ExpireAsync(DeliveryRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = row.Ended(DeliveryStatus.Expired, "older than the retention", now) with { Receipt = NewReceipt() };
        List<TableTransactionAction> actions = [new(TableTransactionActionType.UpdateReplace, ended.ToEntity(), row.ETag)];
        // Somebody began an attempt and was not heard of again: it stays in the book as unknown.
        if (row.Lease is not null)
        {
            var unknown = new Attempt { Number = row.Number, Outcome = AttemptOutcome.Unknown, StartedAt = now, Duration = TimeSpan.Zero };
            actions.Add(new(TableTransactionActionType.Add, new AttemptRow(row.Id.Destination, unknown, row.Booking).ToEntity(row.Id.Event)));
        }

        if (row.IsInLine) await LeaveAsync(row, cancellationToken);
        try
        {
            await Book.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            var there = await DeliveryAsync(row.Id, cancellationToken);
            // Unchanged: it was the attempt that was there already, because a late holder had been refused. It says more than unknown.
            var isOurs = there?.Receipt == ended.Receipt || (there?.ETag == row.ETag && await ChangeAsync(row, ended, cancellationToken));
            if (!isOurs) return false;
        }

        sums.Moved(row.Status, DeliveryStatus.Expired);
        await ForgetAsync(row.Id.Event, [row.DueKey], cancellationToken);
        if (row.IsInLine) await LeftAsync(row, null, isRung: false, cancellationToken);
        return true;
    }

    private async Task<bool> LetGoAsync(EventRow webhook, List<DeliveryRow> deliveries, List<TableEntity> found, CancellationToken cancellationToken)
    {
        foreach (var holder in deliveries.Where(delivery => delivery.IsInLine)) await LeaveAsync(holder, cancellationToken);
        // The event goes with its deliveries in one transaction, each as it was read: one that was opened again meanwhile stops it.
        // Of more deliveries than fit, those beyond go first; they have ended.
        foreach (var some in deliveries.Skip(RowsAtOnce).Chunk(RowsAtOnce))
            if (!await TryDeleteAsync([.. some.Select(delivery => (Keys.Delivery(delivery.Id.Destination), delivery.ETag))], webhook, cancellationToken)) return false;
        if (!await TryDeleteAsync([(Keys.Event, webhook.Entity.ETag), .. deliveries.Take(RowsAtOnce).Select(delivery => (Keys.Delivery(delivery.Id.Destination), delivery.ETag))], webhook, cancellationToken)) return false;

        sums.LetGo(deliveries.Select(delivery => delivery.Status));
        foreach (var holder in deliveries.Where(delivery => delivery.IsInLine)) await LeftAsync(holder, null, isRung: false, cancellationToken);
        foreach (var delivery in deliveries.Where(delivery => delivery.Line?.SentAt is not null)) await ForgetSentAsync(delivery, cancellationToken);
        await DeleteAsync([.. found.Where(row => row.RowKey[0] is 'b' or 't')], cancellationToken);
        await ForgetAsync(webhook.Id, [.. deliveries.Select(delivery => delivery.DeadKey), webhook.ListKey], cancellationToken);
        return true;
    }

    private async Task<bool> TryDeleteAsync((string Key, ETag ETag)[] rows, EventRow webhook, CancellationToken cancellationToken)
    {
        var partition = webhook.Entity.PartitionKey;
        try
        {
            await Book.SubmitTransactionAsync(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partition, row.Key), row.ETag)), cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            // Gone is gone, whoever did it: our own try whose answer got lost among them.
            return e.Status == 404 && !(await Book.GetEntityIfExistsAsync<TableEntity>(partition, rows[0].Key, ["PartitionKey"], cancellationToken)).HasValue;
        }
    }

    // What is left of an event that is gone.
    private async Task DeleteAsync(List<TableEntity> rows, CancellationToken cancellationToken)
    {
        foreach (var some in rows.Chunk(RowsAtOnce))
        {
            try
            {
                await Book.SubmitTransactionAsync(some.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellationToken);
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                // Another removes them too.
            }
        }
    }
}
