using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>One process's way to its tables: it may die before and after each request, and what it had sent arrives all the same.</summary>
internal sealed class ProcessTables(World world, SimulatedProcess process) : TableServiceClient
{
    private readonly ITableWire wire = world.Build.Wire(process);

    public override TableClient GetTableClient(string tableName) => wire.Connect(new ProcessTable(world.Tables.GetTableClient(tableName), process));
}

internal sealed class ProcessTable(TableClient table, SimulatedProcess process) : TableClient
{
    public override string Name => table.Name;

    // What was sent is not called back when its sender does not wait any more: no token goes along.
    public override Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        process.SendAsync("create table", () => table.CreateIfNotExistsAsync(CancellationToken.None), cancellationToken);

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) =>
        process.SendAsync("add", () => table.AddEntityAsync(entity, CancellationToken.None), cancellationToken);

    public override Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        process.SendAsync("upsert", () => table.UpsertEntityAsync(entity, mode, CancellationToken.None), cancellationToken);

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        process.SendAsync("update", () => table.UpdateEntityAsync(entity, ifMatch, mode, CancellationToken.None), cancellationToken);

    public override Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        process.SendAsync("delete", () => table.DeleteEntityAsync(partitionKey, rowKey, ifMatch, CancellationToken.None), cancellationToken);

    public override Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        process.SendAsync("get", () => table.GetEntityAsync<T>(partitionKey, rowKey, select, CancellationToken.None), cancellationToken);

    public override Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        process.SendAsync("get", () => table.GetEntityIfExistsAsync<T>(partitionKey, rowKey, select, CancellationToken.None), cancellationToken);

    public override AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new Pages<T>(process, () => table.QueryAsync<T>(filter, maxPerPage, select, CancellationToken.None).AsPages(), cancellationToken);

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        TableTransactionAction[] actions = [.. transactionActions];
        return process.SendAsync("transaction", () => table.SubmitTransactionAsync(actions, CancellationToken.None), cancellationToken);
    }

    // Each page is a request.
    private sealed class Pages<T>(SimulatedProcess process, Func<IAsyncEnumerable<Page<T>>> ask, CancellationToken cancellationToken) : AsyncPageable<T>(cancellationToken)
        where T : notnull
    {
        public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) => throw new NotSupportedException("nobody asks for pages here");

        public override async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            var token = cancellationToken.CanBeCanceled ? cancellationToken : CancellationToken;
            var pages = ask().GetAsyncEnumerator(CancellationToken.None);
            while (await process.SendAsync("query", () => pages.MoveNextAsync().AsTask(), token))
            {
                foreach (var entity in pages.Current.Values) yield return entity;
            }
        }
    }
}
