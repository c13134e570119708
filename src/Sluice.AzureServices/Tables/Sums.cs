using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// How many events and deliveries there are. Each process adds up what it changed in a row of its own, written at most every 5 seconds,
/// so that counting costs one read whatever the backlog and no two writers ever meet. A process that is killed takes its last seconds of
/// counting with it; the book itself never depends on the sums. The same row says how new the newest bell is that the process has heard.
/// </summary>
internal sealed class Sums(BookTables tables, Random random, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Rows of processes that have not written for so long are added to one.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private const string Total = "total";

    private readonly Lock gate = new();
    private Tally written;
    private Tally unwritten;
    private DateTimeOffset? heard;
    private DateTimeOffset? writtenHeard;
    private string? key;
    private ETag etag;
    private ITimer? timer;
    private long? flushedAt;
    private bool isFlushing;
    private bool isDue;

    public void Booked(int deliveries) => Add(new Tally { Events = 1, Pending = deliveries });

    public void Added() => Add(new Tally { Pending = 1 });

    public void Moved(DeliveryStatus from, DeliveryStatus to) => Add(Tally.Of(from, -1) + Tally.Of(to, 1));

    public void LetGo(IEnumerable<DeliveryStatus> deliveries) => Add(deliveries.Aggregate(new Tally { Events = -1 }, (sum, status) => sum + Tally.Of(status, -1)));

    /// <summary>A bell that was enqueued at that moment has been handled.</summary>
    public void Heard(DateTimeOffset enqueued)
    {
        lock (gate)
        {
            if (enqueued <= heard) return;
            heard = enqueued;
        }

        Add(default);
    }

    public async Task<Stats> CountAsync(CancellationToken cancellationToken)
    {
        Tally sum, inRow;
        string? own;
        lock (gate) (sum, inRow, own) = (unwritten, written, key);
        // What this process knows of its own row is newer; a row that is not there any more stands in the total.
        foreach (var row in await RowsAsync(cancellationToken)) sum += row.RowKey == own ? inRow : Tally.Read(row);
        return sum.ToStats();
    }

    /// <summary>How new the newest bell is that any process has handled; null when none has.</summary>
    public async Task<DateTimeOffset?> HeardUpToAsync(CancellationToken cancellationToken)
    {
        var newest = heard;
        foreach (var row in await RowsAsync(cancellationToken))
        {
            if (row.GetDateTimeOffset("Heard") is { } moment && !(moment <= newest)) newest = moment;
        }

        return newest;
    }

    /// <summary>Adds the rows of processes that are long gone to one row, so that there are never many.</summary>
    public async Task FoldAsync(CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(cancellationToken);
        var now = time.GetUtcNow();
        var gone = rows.Where(row => row.RowKey != Total && row.RowKey != key && row.GetDateTimeOffset("At") < now - Abandoned).Take(90).ToList();
        if (gone.Count == 0) return;
        var total = rows.Find(row => row.RowKey == Total);
        var sum = gone.Aggregate(total is null ? default : Tally.Read(total), (sum, row) => sum + Tally.Read(row));
        var folded = Row(Total, sum, gone.Append(total).Max(row => row?.GetDateTimeOffset("Heard")));
        List<TableTransactionAction> actions = [new(total is null ? TableTransactionActionType.Add : TableTransactionActionType.UpdateReplace, folded, total?.ETag ?? default)];
        actions.AddRange(gone.Select(row => new TableTransactionAction(TableTransactionActionType.Delete, row, row.ETag)));
        try
        {
            await tables.Index.SubmitTransactionAsync(actions, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            // Another instance was faster, or one of them lives after all: the next time will do.
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        Tally change;
        DateTimeOffset? newest;
        lock (gate)
        {
            isDue = false;
            if (isFlushing || (unwritten == default && heard == writtenHeard)) return;
            (isFlushing, change, newest, flushedAt) = (true, unwritten, heard, time.GetTimestamp());
        }

        var isWritten = false;
        try
        {
            await tables.WithinAsync(async token =>
            {
                await WriteAsync(change, newest, token);
                return isWritten = true;
            }, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Kept for the next time.
        }
        finally
        {
            bool isMore;
            lock (gate)
            {
                if (isWritten) (unwritten, writtenHeard) = (unwritten - change, newest);
                isFlushing = false;
                isMore = unwritten != default || heard != writtenHeard;
            }

            // The next time comes even if nothing more is counted, and not before this one has ended: it would find somebody writing.
            if (isMore) Add(default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (timer is not null) await timer.DisposeAsync();
        await FlushAsync(CancellationToken.None);
    }

    private void Add(Tally change)
    {
        lock (gate)
        {
            unwritten += change;
            if (isDue) return;
            isDue = true;
            // The first at once, so that a process that soon ends has counted; then in one write what comes within the pause.
            var wait = flushedAt is { } then ? Pause - time.GetElapsedTime(then) : TimeSpan.Zero;
            timer ??= time.CreateTimer(static state => _ = ((Sums)state!).FlushAsync(CancellationToken.None), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task WriteAsync(Tally change, DateTimeOffset? newest, CancellationToken cancellationToken)
    {
        var sum = written + change;
        try
        {
            key ??= random.NextInt64().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
            var row = Row(key, sum, newest);
            var response = etag == default ? await tables.Index.AddEntityAsync(row, cancellationToken) : await tables.Index.UpdateEntityAsync(row, etag, TableUpdateMode.Replace, cancellationToken);
            (written, etag) = (sum, response.Headers.ETag ?? default);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409 or 412)
        {
            var found = await tables.Index.GetEntityIfExistsAsync<TableEntity>(Keys.Sums, key!, cancellationToken: cancellationToken);
            // Ours, by an answer that got lost; or folded into the total while this process slept, so that a new row begins.
            var there = found.HasValue ? Tally.Read(found.Value!) : default;
            lock (gate)
            {
                // An earlier flush that seemed to fail was written: what it held does not count again.
                if (found.HasValue && there != sum) unwritten -= there - written;
                (key, etag, written) = found.HasValue ? (key, found.Value!.ETag, there) : (null, default, default);
            }

            if (!found.HasValue || there != sum) throw new StoreUnavailableException("the sums were written by another");
        }
    }

    private TableEntity Row(string name, Tally sum, DateTimeOffset? newest)
    {
        var row = sum.ToEntity(Keys.Sums, name);
        row["At"] = time.GetUtcNow();
        if (newest is not null) row["Heard"] = newest;
        return row;
    }

    private async Task<List<TableEntity>> RowsAsync(CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in tables.Index.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Keys.Sums}"), cancellationToken: cancellationToken)) rows.Add(row);
        return rows;
    }
}
