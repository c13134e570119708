using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// The small documents: rows of the index, a partition for each kind, the etag as version. A row that is removed is first marked so, by which
/// its remover knows that it was the one.
/// </summary>
public sealed class TableSharedState(BookTables tables, Random random) : ISharedState
{
    private const string Json = "Json";
    private const string Receipt = "Receipt";
    private const string Removed = "Removed";

    public TimeSpan Freshness { get; } = TimeSpan.FromSeconds(5);

    private TableClient Index => tables.Index;

    public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken) => tables.WithinAsync<IReadOnlyList<SharedDocument>>(async token =>
    {
        var found = new List<SharedDocument>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Keys.State(kind)}");
        await foreach (var row in Index.QueryAsync<TableEntity>(filter, cancellationToken: token))
        {
            if (!IsRemoved(row)) found.Add(Read(kind, row));
        }

        return found;
    }, cancellationToken);

    public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken) =>
        tables.WithinAsync(async token => await RowAsync(kind, name, token) is { } row && !IsRemoved(row) ? Read(kind, row) : null, cancellationToken);

    public ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken)
    {
        var row = NewRow(document);
        row[Json] = document.Json;
        return tables.WithinAsync(async token => await PutAsync(document, row, token) is { } etag ? document with { Version = etag.ToString() } : null, cancellationToken);
    }

    public ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken)
    {
        if (document.Version is null) return new(false);
        var mark = NewRow(document);
        mark[Removed] = true;
        return tables.WithinAsync(async token =>
        {
            if (await PutAsync(document, mark, token) is not { } etag) return false;
            try
            {
                await Index.DeleteEntityAsync(mark.PartitionKey, mark.RowKey, etag, token);
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                // It was added again meanwhile, or an answer got lost.
            }

            return true;
        }, cancellationToken);
    }

    // Over the version that was read, or where there is none: null when another has been faster.
    private async Task<ETag?> PutAsync(SharedDocument document, TableEntity row, CancellationToken cancellationToken)
    {
        var over = document.Version is null ? default : new ETag(document.Version);
        while (true)
        {
            try
            {
                var answer = over == default ? await Index.AddEntityAsync(row, cancellationToken) : await Index.UpdateEntityAsync(row, over, TableUpdateMode.Replace, cancellationToken);
                if (answer.Headers.ETag is { } etag) return etag;
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                // Somebody else's, or our own whose answer got lost: the next look tells.
            }

            var there = await RowAsync(document.Kind, document.Name, cancellationToken);
            if (there?.GetInt64(Receipt) == row.GetInt64(Receipt)) return there!.ETag;
            // What is marked as removed is as good as gone.
            if (document.Version is not null || there is null || !IsRemoved(there)) return null;
            over = there.ETag;
        }
    }

    private async Task<TableEntity?> RowAsync(string kind, string name, CancellationToken cancellationToken)
    {
        var found = await Index.GetEntityIfExistsAsync<TableEntity>(Keys.State(kind), name, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    private TableEntity NewRow(SharedDocument document) => new(Keys.State(document.Kind), document.Name) { [Receipt] = random.NextInt64() };

    private static SharedDocument Read(string kind, TableEntity row) => new(kind, row.RowKey, row.GetString(Json), row.ETag.ToString());

    private static bool IsRemoved(TableEntity row) => row.GetBoolean(Removed) == true;

    private static bool IsConflict(RequestFailedException e) => e.Status is 404 or 409 or 412 && e.ErrorCode != TableErrorCode.TableNotFound;
}
