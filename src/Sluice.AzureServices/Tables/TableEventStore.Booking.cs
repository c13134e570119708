using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    /// <summary>A transaction holds 100 rows; those of more deliveries are added one by one.</summary>
    private const int DeliveriesAtOnce = 80;

    /// <summary>A transaction holds 4 MiB, and bytes travel as base64.</summary>
    private const int BytesAtOnce = 5 * 512 * 1024;

    public ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken)
    {
        // One number for all tries: an event that is found with it is our own.
        var (receipt, at) = (NewReceipt(), time.GetUtcNow());
        return tables.WithinAsync(token => BookAsync(booking, receipt, at, token), cancellationToken);
    }

    private async Task<Booked> BookAsync(Booking booking, long receipt, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var (webhook, id) = (booking.Event, booking.Event.Id);
        // What is added later has no place: those that want one come first.
        var wanted = booking.Deliveries.Count <= DeliveriesAtOnce ? booking.Deliveries : [.. booking.Deliveries.OrderBy(delivery => delivery.Place is null)];
        var deliveries = new DeliveryRow[Math.Min(wanted.Count, DeliveriesAtOnce)];
        for (var i = 0; i < deliveries.Length; i++)
        {
            var place = wanted[i].Place is null ? null : LinePlace.Of(wanted[i].Place, Keys.PlaceOf(at, id, receipt));
            deliveries[i] = NewDelivery(new(id, wanted[i].Destination), wanted[i].Due, wanted[i].Lease, receipt, receipt, place);
        }

        var more = wanted.Count == deliveries.Length ? [] : wanted.Skip(deliveries.Length).Select(delivery => delivery.Destination);
        var row = new EventRow(webhook, receipt, Keys.Listed(webhook.ReceivedAt, id, receipt), more);

        var indexed = AddIndexAsync(IndexAdditions(row.ListKey, webhook, deliveries), cancellationToken);
        if (Array.Exists(deliveries, static delivery => delivery.Line is not null)) await Task.WhenAll([indexed, .. deliveries.Where(delivery => delivery.Line is not null).Select(delivery => AddPlaceAsync(delivery, cancellationToken))]);
        else await indexed;
        var isOneTransaction = row.StoredBytes <= BytesAtOnce;
        if (!isOneTransaction) await Task.WhenAll(row.BodyRows.Select(body => Book.UpsertEntityAsync(body, TableUpdateMode.Replace, cancellationToken)));
        try
        {
            await Book.SubmitTransactionAsync(BookAdditions(row, isOneTransaction, deliveries), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            var rows = await PartitionAsync(id, "d", "e", EventRow.ForComparison, cancellationToken);
            var first = Event(rows) ?? throw new StoreUnavailableException($"event {id} was let go while it was booked again; the next try books it");
            if (first.Receipt != receipt)
            {
                await ForgetAsync(id, [row.ListKey, .. deliveries.Select(delivery => delivery.DueKey)], cancellationToken);
                foreach (var delivery in deliveries.Where(delivery => delivery.Line is not null)) await ForgetPlaceAsync(PartitionOf(delivery.Id, delivery.Line!), delivery.Line!.Row, cancellationToken);
                await ForgetBodyAsync(row, cancellationToken);
                return new Booked(IsDuplicate: true, !first.HasBody(webhook.Body.Span), Deliveries(rows).Any(delivery => delivery.Status == DeliveryStatus.DeadLettered));
            }
        }

        sums.Booked(deliveries.Length);
        if (row.More.Length > 0) await AddRestAsync(row, cancellationToken);
        return new Booked(IsDuplicate: false);
    }

    public ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var receipt = NewReceipt();
        return tables.WithinAsync(async token =>
        {
            var found = await Book.GetEntityIfExistsAsync<TableEntity>(delivery.Event.ToString(), Keys.Event, EventRow.WithoutBody, token);
            return found.HasValue && await AddAsync(new EventRow(found.Value!), delivery, due, receipt, token) ? new Bell(delivery, 1) : null;
        }, cancellationToken);
    }

    private List<TableTransactionAction> IndexAdditions(string listKey, WebhookEvent webhook, DeliveryRow[] deliveries)
    {
        var at = time.GetUtcNow();
        var listed = IndexRow(webhook.Id, listKey, at);
        (listed["Source"], listed["Type"]) = (webhook.Source, webhook.Type);
        var additions = new List<TableTransactionAction>(1 + deliveries.Length) { Addition(listed) };
        foreach (var delivery in deliveries) additions.Add(Addition(IndexRow(webhook.Id, delivery.DueKey!, at)));
        return additions;
    }

    private static List<TableTransactionAction> BookAdditions(EventRow row, bool withBody, DeliveryRow[] deliveries)
    {
        var additions = new List<TableTransactionAction>(1 + row.BodyRows.Count + deliveries.Length) { Addition(row.Entity) };
        foreach (var body in withBody ? row.BodyRows : []) additions.Add(Addition(body));
        foreach (var delivery in deliveries) additions.Add(Addition(delivery.ToEntity()));
        return additions;
    }

    private static DeliveryRow NewDelivery(DeliveryId id, DateTimeOffset due, Lease? lease, long receipt, long booking, LinePlace? line = null) => new()
    {
        Id = id, DueKey = Keys.Due(isRung: true, due, id, 1, receipt), Lease = lease, Number = lease is null ? 0 : 1, Receipt = receipt, Booking = booking, Line = line,
    };

    private async Task<bool> AddAsync(EventRow webhook, DeliveryId id, DateTimeOffset due, long receipt, CancellationToken cancellationToken)
    {
        var row = NewDelivery(id, due, null, receipt, webhook.Receipt);
        await AddIndexAsync(id.Event, row.DueKey!, cancellationToken);
        try
        {
            // The event is touched too, so that nothing is added to one that is let go at the same moment.
            var still = new TableEntity(id.Event.ToString(), Keys.Event) { ["AddedLast"] = id.Destination };
            await Book.SubmitTransactionAsync([new(TableTransactionActionType.UpdateMerge, still, webhook.Entity.ETag), new(TableTransactionActionType.Add, row.ToEntity())], cancellationToken);
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            var found = await Book.GetEntityIfExistsAsync<TableEntity>(id.Event.ToString(), Keys.Event, EventRow.WithoutBody, cancellationToken);
            var there = await DeliveryAsync(id, cancellationToken);
            if (there?.Receipt != receipt)
            {
                await ForgetAsync(id.Event, [row.DueKey], cancellationToken);
                // Only another delivery was added to the event meanwhile: once more, with what the event is now.
                return there is null && found.HasValue && await AddAsync(new EventRow(found.Value!), id, due, NewReceipt(), cancellationToken);
            }
        }

        sums.Added();
        return true;
    }

    /// <summary>Adds the deliveries that did not fit into the booking's transaction. Whoever meets an event that still names some does it.</summary>
    private async Task AddRestAsync(EventRow webhook, CancellationToken cancellationToken)
    {
        var due = time.GetUtcNow() + BellTimes.Grace;
        foreach (var destination in webhook.More)
        {
            var found = await Book.GetEntityAsync<TableEntity>(webhook.Entity.PartitionKey, Keys.Event, EventRow.WithoutBody, cancellationToken);
            await AddAsync(new EventRow(found.Value), new(webhook.Id, destination), due, NewReceipt(), cancellationToken);
        }

        await Book.UpdateEntityAsync(new TableEntity(webhook.Entity.PartitionKey, Keys.Event) { ["More"] = "" }, ETag.All, TableUpdateMode.Merge, cancellationToken);
    }

    private async Task ForgetBodyAsync(EventRow row, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var body in row.BodyRows) await Book.DeleteEntityAsync(body.PartitionKey, body.RowKey, ETag.All, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            // They go when the event does.
        }
    }
}
