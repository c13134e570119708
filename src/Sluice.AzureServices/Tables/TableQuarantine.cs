using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Sluice.Configuration;
using Sluice.Inspection;
using Sluice.Quarantine;
using Sluice.Storage;
using PageOfRejections = Sluice.Inspection.Page<Sluice.Quarantine.Rejection>;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// Refused requests on Table Storage: a partition for each source, in it one entity for each request and the <see cref="QuarantineLedger"/> that names
/// them all. Every change is one transaction over both, so that the bounds hold however many instances write and wherever one of them dies.
/// </summary>
public sealed class TableQuarantine(BookTables tables, Random random, TimeProvider time) : IQuarantine
{
    /// <summary>So long a change is begun anew because another instance changed the same source; then it is not made. What has less patience says so with its token.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>The partition that names the sources: it is written before a source's first row. No source can have this name.</summary>
    private const string Sources = "-sources";

    private TableClient Table => tables.Quarantine;

    public async ValueTask<IReadOnlyList<Keeping>> KeepAsync(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds, CancellationToken cancellationToken)
    {
        var batch = new QuarantineBatch(rejections, bounds);
        var isOvertaken = false;
        try
        {
            return batch.IsDone ? batch.Keepings : await tables.WithinAsync(async token =>
            {
                while (!batch.IsDone)
                {
                    await ChangeAsync(rejections[0].Source, ledger => batch.Take(ledger, time.GetUtcNow()), token, () => isOvertaken = true);
                    batch.Taken();
                }

                return batch.Keepings;
            }, cancellationToken);
        }
        catch (OperationCanceledException) when (isOvertaken)
        {
            return batch.Overtaken();
        }
    }

    public async ValueTask<PageOfRejections> ListAsync(RejectionFilter filter, CancellationToken cancellationToken)
    {
        RejectionId? behind = null;
        if (filter.Before is not null) behind = RejectionId.TryParse(filter.Before, out var parsed) ? parsed : throw new CursorException();
        return await tables.WithinAsync(async token =>
        {
            var ledgers = await Task.WhenAll((await SourceNamesAsync(token)).Where(source => filter.Source is null || filter.Source == source).Select(async source => (Source: source, Ledger: await LedgerAsync(source, token))));
            var all = ledgers.SelectMany(one => (filter.OnlyKept ? one.Ledger.Kept : one.Ledger.Kept.Concat(one.Ledger.Noted)).Select(item => (item.Id, one.Source)));
            var ordered = filter.OldestFirst
                ? all.Where(item => behind is null || item.Id > behind.Value).OrderBy(item => item.Id)
                : all.Where(item => behind is null || item.Id < behind.Value).OrderByDescending(item => item.Id);
            var page = ordered.Take(filter.Limit + 1).ToList();
            var more = page.Count > filter.Limit;
            if (more) page.RemoveAt(filter.Limit);
            var rows = await Task.WhenAll(page.GroupBy(item => item.Source).Select(group => RowsAsync(group.Key, group.Min(item => item.Id), group.Max(item => item.Id), token)));
            var found = rows.SelectMany(some => some).ToDictionary(rejection => rejection.Id);
            // One that is not there any more was released or let go a moment ago.
            return new PageOfRejections([.. page.Where(item => found.ContainsKey(item.Id)).Select(item => found[item.Id])], more ? page[^1].Id.ToString() : null);
        }, cancellationToken);
    }

    public ValueTask<Rejection?> FindAsync(RejectionId id, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
        await RowAsync(id, columns: null, token) is { } row ? QuarantineRow.ReadWhole(row) : null, cancellationToken);

    public ValueTask<bool> RemoveAsync(RejectionId id, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        if (await RowAsync(id, ["PartitionKey", "RowKey"], token) is not { } row) return false;
        return await ChangeAsync(row.PartitionKey, ledger =>
        {
            if (ledger.Kept.RemoveAll(item => item.Id == id) + ledger.Noted.RemoveAll(item => item.Id == id) == 0) return [];
            return [QuarantineBatch.Deletion(row.PartitionKey, new(id, 0))];
        }, token);
    }, cancellationToken);

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => tables.WithinAsync(async token => (IReadOnlyList<string>)await SourceNamesAsync(token), cancellationToken);

    public ValueTask<int> AgeAsync(string source, QuarantineSettings bounds, DateTimeOffset now, int limit, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        var gone = 0;
        var isDone = await ChangeAsync(source, ledger =>
        {
            var old = ledger.Kept.GetRange(0, Math.Min(limit, Room.Surplus(ledger.Kept, bounds, now)));
            var noted = ledger.Noted.TakeWhile(item => item.Id.ReceivedAt <= now - bounds.MaxAge).Take(limit - old.Count).ToList();
            ledger.Kept.RemoveRange(0, old.Count);
            ledger.Noted.RemoveRange(0, noted.Count);
            gone = old.Count + noted.Count;
            return [.. old.Concat(noted).Select(item => QuarantineBatch.Deletion(source, item))];
        }, token);
        return isDone ? gone : 0;
    }, cancellationToken);

    /// <summary>Changes the rows of a source together with its ledger. False when there was nothing to change.</summary>
    /// <param name="change">Changes the ledger it is given and says what else is written; nothing means that all stays.</param>
    /// <param name="overtaken">Told each time that another instance was faster.</param>
    /// <exception cref="StoreUnavailableException">Other instances were faster each time.</exception>
    private async Task<bool> ChangeAsync(string source, Func<QuarantineLedger, List<TableTransactionAction>> change, CancellationToken cancellationToken, Action? overtaken = null)
    {
        var began = time.GetTimestamp();
        RejectionId? added = null;
        for (var tried = 1; ; tried++)
        {
            var ledger = await LedgerAsync(source, cancellationToken);
            // There where only the answer got lost and the SDK asked again.
            if (added is { } id && (ledger.Kept.Exists(item => item.Id == id) || ledger.Noted.Exists(item => item.Id == id))) return true;
            var actions = change(ledger);
            if (actions.Count == 0) return false;
            added = actions.Find(action => action.ActionType == TableTransactionActionType.Add)?.Entity is { } row ? QuarantineRow.Id(row) : null;
            if (ledger.IsNew) await Table.UpsertEntityAsync(new TableEntity(Sources, source), TableUpdateMode.Replace, cancellationToken);
            try
            {
                await Table.SubmitTransactionAsync([.. actions, ledger.Write()], cancellationToken);
                return true;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 409 or 412 && e.ErrorCode != TableErrorCode.TableNotFound)
            {
                // Another instance changed the source, or did what was to be done.
                overtaken?.Invoke();
            }

            if (time.GetElapsedTime(began) >= Longest) throw new StoreUnavailableException($"other instances write refused requests of {source} at the same moment");
            // Not of one length: those that met once would meet again.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 10 * Math.Min(tried + 1, 5))), time, cancellationToken);
        }
    }

    private async Task<QuarantineLedger> LedgerAsync(string source, CancellationToken cancellationToken)
    {
        var found = await Table.GetEntityIfExistsAsync<TableEntity>(source, QuarantineLedger.Key, cancellationToken: cancellationToken);
        return QuarantineLedger.Read(source, found.HasValue ? found.Value : null);
    }

    private async Task<List<string>> SourceNamesAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var row in Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Sources}"), select: ["RowKey"], cancellationToken: cancellationToken)) names.Add(row.RowKey);
        return names;
    }

    // The id does not say whose it is; sources are few.
    private async Task<TableEntity?> RowAsync(RejectionId id, string[]? columns, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll((await SourceNamesAsync(cancellationToken)).Select(source => Table.GetEntityIfExistsAsync<TableEntity>(source, QuarantineRow.Key(id), columns, cancellationToken)));
        return Array.Find(found, row => row.HasValue)?.Value;
    }

    private async Task<List<Rejection>> RowsAsync(string source, RejectionId from, RejectionId to, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {source} and RowKey ge {QuarantineRow.Key(from)} and RowKey le {QuarantineRow.Key(to)}");
        var rows = new List<Rejection>();
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, select: QuarantineRow.WithoutRequest, cancellationToken: cancellationToken)) rows.Add(QuarantineRow.Read(row));
        return rows;
    }
}
