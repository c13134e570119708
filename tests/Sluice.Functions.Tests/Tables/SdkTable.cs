using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What the client library itself does around a request: arguments it refuses, answers it does not throw for, pages it follows. Only for TableEntity.</summary>
internal abstract class SdkTable(string name) : TableClient
{
    public override string Name => name;

    public override async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default)
    {
        await RequestTableAsync(create: true, cancellationToken);
        return Response.FromValue(new TableItem(name), new TableResponse(201));
    }

    public override async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await CreateAsync(cancellationToken);
        }
        catch (RequestFailedException e) when (e is { Status: 409, ErrorCode: "TableAlreadyExists" })
        {
            return Response.FromValue(new TableItem(name), new TableResponse(409));
        }
    }

    public override async Task<Response> DeleteAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await RequestTableAsync(create: false, cancellationToken);
            return new TableResponse(204);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new TableResponse(404);
        }
    }

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) =>
        RequestWriteAsync(new(TableTransactionActionType.Add, Checked(entity), default), cancellationToken);

    public override Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        RequestWriteAsync(new(mode == TableUpdateMode.Merge ? TableTransactionActionType.UpsertMerge : TableTransactionActionType.UpsertReplace, Checked(entity), default), cancellationToken);

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        if (ifMatch == default) throw new ArgumentException("Value cannot be empty.", nameof(ifMatch));
        var type = mode == TableUpdateMode.Merge ? TableTransactionActionType.UpdateMerge : TableTransactionActionType.UpdateReplace;
        return RequestWriteAsync(new(type, Checked(entity), ifMatch), cancellationToken);
    }

    public override Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    /// <summary>Of what is not there is no failure, nor of a table that is not there.</summary>
    public override async Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        var entity = Checked(new TableEntity(partitionKey, rowKey));
        try
        {
            return await RequestWriteAsync(new(TableTransactionActionType.Delete, entity, ifMatch == default ? ETag.All : ifMatch), cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new TableResponse(404);
        }
    }

    public override async Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        Checked(new TableEntity(partitionKey, rowKey));
        var entity = await RequestEntityAsync(partitionKey, rowKey, Names(select), cancellationToken);
        return Response.FromValue(As<T>(entity), new TableResponse(200, entity.ETag.ToString()));
    }

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetEntityAsync<T>(partitionKey, rowKey, select, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new NoEntity<T>();
        }
    }

    public override AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        var names = Names(select);
        return new Pages<T>((token, size, cancel) => RequestPageAsync(filter, size ?? maxPerPage, names, token, cancel), cancellationToken);
    }

    public override Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        TableWrite[] writes = [.. transactionActions.Select(TableWrite.Of)];
        if (writes.Length == 0) throw new InvalidOperationException("The transaction has no actions.");
        return RequestTransactionAsync(writes, cancellationToken);
    }

    protected abstract Task RequestTableAsync(bool create, CancellationToken cancellationToken);

    protected abstract Task<Response> RequestWriteAsync(TableWrite write, CancellationToken cancellationToken);

    protected abstract Task<TableEntity> RequestEntityAsync(string partitionKey, string rowKey, string[]? select, CancellationToken cancellationToken);

    protected abstract Task<(IReadOnlyList<TableEntity> Entities, string? Continuation)> RequestPageAsync(
        string? filter, int? size, string[]? select, string? continuation, CancellationToken cancellationToken);

    protected abstract Task<Response<IReadOnlyList<Response>>> RequestTransactionAsync(TableWrite[] writes, CancellationToken cancellationToken);

    private static string[]? Names(IEnumerable<string>? select) => select is null ? null : [.. select];

    private static TableEntity Checked<T>(T entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        if (entity is not TableEntity typed) throw new NotSupportedException("Only TableEntity is supported here.");
        ArgumentNullException.ThrowIfNull(typed.PartitionKey);
        ArgumentNullException.ThrowIfNull(typed.RowKey);
        return typed;
    }

    private static T As<T>(TableEntity entity)
        where T : class => entity as T ?? throw new NotSupportedException("Only TableEntity is supported here.");

    // The library's own enumerator leaves the scheduler it was called on; a simulation must own every step.
    private sealed class Pages<T>(
        Func<string?, int?, CancellationToken, Task<(IReadOnlyList<TableEntity> Entities, string? Continuation)>> request, CancellationToken cancellationToken)
        : AsyncPageable<T>(cancellationToken)
        where T : class
    {
        public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) => Read(continuationToken, pageSizeHint, CancellationToken);

        public override async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            await foreach (var page in Read(null, null, cancellationToken.CanBeCanceled ? cancellationToken : CancellationToken))
            {
                foreach (var entity in page.Values) yield return entity;
            }
        }

        private async IAsyncEnumerable<Page<T>> Read(string? continuation, int? size, [EnumeratorCancellation] CancellationToken cancel)
        {
            do
            {
                (var entities, continuation) = await request(continuation, size, cancel);
                yield return Page<T>.FromValues([.. entities.Select(As<T>)], continuation, new TableResponse(200));
            }
            while (continuation is not null);
        }
    }
}
