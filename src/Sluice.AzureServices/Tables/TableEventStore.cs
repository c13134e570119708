using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// The book on Table Storage. What belongs to one event stands in one partition and changes in one transaction; due rows, the list and
/// the dead stand in an index beside it. An index row is always written before what it points to and removed after, so that a crash
/// between any two writes leaves rows that point to nothing, which are passed over and go away, and never something unfinished without
/// a due row. The parts are in the files named after their subject.
/// </summary>
public sealed partial class TableEventStore(BookTables tables, Random random, TimeProvider time) : IEventStore, IAsyncDisposable
{
    /// <summary>How often a change is begun anew because somebody else changed the same delivery.</summary>
    private const int Tries = 8;

    /// <summary>How long a row that points to nothing is left alone: whoever wrote it may be about to write what it points to.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(2);

    private readonly Sums sums = new(tables, random, time);

    private TableClient Book => tables.Book;

    private TableClient Index => tables.Index;

    /// <summary>A bell that was enqueued at that moment has been handled.</summary>
    public void Heard(DateTimeOffset enqueued) => sums.Heard(enqueued);

    public ValueTask<Stats> CountAsync(CancellationToken cancellationToken) => tables.WithinAsync(sums.CountAsync, cancellationToken);

    public async ValueTask PingAsync(CancellationToken cancellationToken) =>
        await tables.WithinAsync(token => Index.UpsertEntityAsync(new TableEntity("ping", "ping"), TableUpdateMode.Replace, token), cancellationToken);

    public async ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        var rows = await PartitionAsync(id, "b", "e", null, token);
        return Event(rows)?.ToEvent(rows);
    }, cancellationToken);

    public async ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken) =>
        await tables.WithinAsync(async token => (await RecordAsync(id, token))?.Record, cancellationToken);

    /// <summary>Keeps the rows of the sums few.</summary>
    public async ValueTask FoldSumsAsync(CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        await sums.FoldAsync(token);
        return true;
    }, cancellationToken);

    /// <summary>Writes down what is not written yet of the sums.</summary>
    public ValueTask DisposeAsync() => sums.DisposeAsync();

    private async Task<(EventRow Row, EventRecord Record)?> RecordAsync(EventId id, CancellationToken cancellationToken)
    {
        var rows = await PartitionAsync(id, "d", "t", EventRow.WithoutBody, cancellationToken);
        if (Event(rows) is not { } row) return null;
        var attempts = rows.Where(entity => entity.RowKey[0] == 't').Select(AttemptRow.Read).Where(attempt => attempt.Booking == row.Receipt).ToList();
        return (row, new EventRecord
        {
            Id = id, Source = row.Source, Type = row.Type, IdempotencyKey = row.Key, ReceivedAt = row.ReceivedAt, BodyBytes = row.BodyBytes, Headers = row.Headers,
            Deliveries = [.. Deliveries(rows).Select(delivery => delivery.ToRecord(attempts))],
        });
    }

    /// <summary>The rows of an event whose keys begin with the letters from <paramref name="first"/> to <paramref name="last"/>.</summary>
    private async Task<List<TableEntity>> PartitionAsync(EventId id, string first, string last, string[]? columns, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {id.ToString()} and RowKey ge {first} and RowKey lt {last + "~"}");
        var rows = new List<TableEntity>();
        await foreach (var row in Book.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellationToken)) rows.Add(row);
        return rows;
    }

    private async Task<DeliveryRow?> DeliveryAsync(DeliveryId id, CancellationToken cancellationToken)
    {
        var found = await Book.GetEntityIfExistsAsync<TableEntity>(id.Event.ToString(), Keys.Delivery(id.Destination), cancellationToken: cancellationToken);
        return found.HasValue ? DeliveryRow.Read(found.Value!) : null;
    }

    private static EventRow? Event(List<TableEntity> rows) => rows.Find(row => row.RowKey == Keys.Event) is { } found ? new EventRow(found) : null;

    private static IEnumerable<DeliveryRow> Deliveries(List<TableEntity> rows) => rows.Where(row => row.RowKey[0] == 'd').Select(DeliveryRow.Read);

    private long NewReceipt() => random.NextInt64();

    private static bool IsConflict(RequestFailedException e) => e.Status is 404 or 409 or 412 && e.ErrorCode != Azure.Data.Tables.Models.TableErrorCode.TableNotFound;

    /// <summary>Changes a delivery that was read. False when somebody else changed it since.</summary>
    private async Task<bool> ChangeAsync(DeliveryRow from, DeliveryRow to, CancellationToken cancellationToken)
    {
        try
        {
            await Book.UpdateEntityAsync(to.ToEntity(), from.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            // An answer may have got lost and the SDK have asked again: then it is our own change that is in the way.
            return (await DeliveryAsync(from.Id, cancellationToken))?.Receipt == to.Receipt;
        }
    }

    private async Task AddIndexAsync(EventId id, string key, CancellationToken cancellationToken)
    {
        try
        {
            await Index.AddEntityAsync(IndexRow(id, key), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Only this write uses this key: an answer got lost.
        }
    }

    private async Task AddIndexAsync(List<TableTransactionAction> additions, CancellationToken cancellationToken)
    {
        try
        {
            await Index.SubmitTransactionAsync(additions, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Only this write uses these keys: an answer got lost.
        }
    }

    private static TableTransactionAction Addition(TableEntity row) => new(TableTransactionActionType.Add, row);

    private TableEntity IndexRow(EventId id, string key) => IndexRow(id, key, time.GetUtcNow());

    private static TableEntity IndexRow(EventId id, string key, DateTimeOffset at) => new(Keys.Shard(id), key) { ["At"] = at };

    /// <summary>Whether whoever wrote an index row has long had the time to write what it points to.</summary>
    private bool IsSettled(TableEntity row) => row.GetDateTimeOffset("At") < time.GetUtcNow() - Settled;

    /// <summary>Removes an index row as it was read: whoever has written it again since needs it.</summary>
    private async Task ForgetAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await Index.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            // It is met again.
        }
    }

    /// <summary>Removes index rows that are not needed any more. Not more than a wish: what stays is passed over when it is met.</summary>
    private async Task ForgetAsync(EventId id, IEnumerable<string?> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            if (key is null || Keys.IsAside(key)) continue;
            try
            {
                await Index.DeleteEntityAsync(Keys.Shard(id), key, ETag.All, cancellationToken);
            }
            catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
            {
                return;
            }
        }
    }
}
