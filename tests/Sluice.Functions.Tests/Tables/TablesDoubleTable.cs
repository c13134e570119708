using System.Text;
using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>One table of the double.</summary>
internal sealed class TablesDoubleTable(TablesDouble account, string name) : SdkTable(name)
{
    public override string AccountName => account.AccountName;

    public override Uri Uri => new(account.Uri, Name);

    protected override Task RequestTableAsync(bool create, CancellationToken cancellationToken) => SendAsync(
        create ? TableRequestKind.CreateTable : TableRequestKind.DeleteTable, null, [], () => create ? account.CreateTable(Name) : account.DeleteTable(Name), cancellationToken);

    protected override Task<Response> RequestWriteAsync(TableWrite write, CancellationToken cancellationToken)
    {
        var body = TableWire.Body(write.Entity);
        var (partitionKey, rowKey) = (write.Entity.PartitionKey, write.Entity.RowKey);
        return SendAsync<Response>(Kind(write.Type), partitionKey, [rowKey], () => Write([(write, body)], transaction: false)[0], cancellationToken);
    }

    protected override Task<TableEntity> RequestEntityAsync(string partitionKey, string rowKey, string[]? select, CancellationToken cancellationToken) =>
        SendAsync(TableRequestKind.Get, partitionKey, [rowKey], () =>
        {
            EntityLimits.CheckKeys(partitionKey, rowKey, inUrl: true);
            return Selected(account.Table(Name).Find(partitionKey, rowKey) ?? throw TableFailure.ResourceNotFound(), select);
        }, cancellationToken);

    protected override Task<(IReadOnlyList<TableEntity> Entities, string? Continuation)> RequestPageAsync(
        string? filter, int? size, string[]? select, string? continuation, CancellationToken cancellationToken) =>
        SendAsync<(IReadOnlyList<TableEntity> Entities, string? Continuation)>(TableRequestKind.Query, Partition(filter), [], () =>
        {
            if (size is < 1) throw TableFailure.InvalidInput("$top must be positive.");
            if (size > EntityLimits.PageEntities) size = EntityLimits.PageEntities;
            var table = account.Table(Name);
            var (entities, next) = table.Page(TableFilter.Of(filter), Math.Min(size ?? EntityLimits.PageEntities, account.PageEntities), Keys(continuation));
            return ([.. entities.Select(entity => Selected(entity, select))], next is var (partition, row) ? $"{Encoded(partition)} {Encoded(row)}" : null);
        }, cancellationToken);

    protected override Task<Response<IReadOnlyList<Response>>> RequestTransactionAsync(TableWrite[] writes, CancellationToken cancellationToken)
    {
        (TableWrite Write, byte[] Body)[] parts = [.. writes.Select(write => (write, TableWire.Body(write.Entity)))];
        var bytes = TableWire.Transaction(account.Uri.AbsoluteUri, Name, parts, Guid.Empty).Length;
        return SendAsync(TableRequestKind.Transaction, writes[0].Entity.PartitionKey, [.. writes.Select(write => write.Entity.RowKey)], () =>
        {
            if (bytes > EntityLimits.TransactionBytes) throw TableFailure.RequestBodyTooLarge();
            return Response.FromValue<IReadOnlyList<Response>>(Write(parts, transaction: true), new TableResponse(202));
        }, cancellationToken);
    }

    private static TableRequestKind Kind(TableTransactionActionType type) => type switch
    {
        TableTransactionActionType.Add => TableRequestKind.Add,
        TableTransactionActionType.Delete => TableRequestKind.Delete,
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace => TableRequestKind.Update,
        _ => TableRequestKind.Upsert,
    };

    // A property that was asked for and is not there comes back as null.
    private static TableEntity Selected(TableEntity entity, string[]? select)
    {
        var copy = TableWire.Copy(entity);
        if (select is null || select.Length == 0) return copy;
        foreach (var name in copy.Keys.Except(select).Where(name => name != TableWire.ETagKey).ToArray()) copy.Remove(name);
        foreach (var name in select) copy.TryAdd(name, null!);
        return copy;
    }

    private static string? Partition(string? filter)
    {
        try
        {
            return TableFilter.Of(filter) is { } parsed && parsed.FromPartition == parsed.ToPartition ? parsed.FromPartition : null;
        }
        catch (RequestFailedException)
        {
            return null;
        }
    }

    private static string Encoded(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static (string Partition, string Row)? Keys(string? continuation)
    {
        if (continuation is null) return null;
        string[] parts = [.. continuation.Split(' ').Select(part => Encoding.UTF8.GetString(Convert.FromBase64String(part)))];
        return (parts[0], parts[1]);
    }

    private Task<T> SendAsync<T>(TableRequestKind kind, string? partitionKey, string[] rowKeys, Func<T> effect, CancellationToken cancellationToken) =>
        account.SendAsync(new(Name, kind, partitionKey, rowKeys), effect, cancellationToken);

    private Response[] Write((TableWrite Write, byte[] Body)[] parts, bool transaction)
    {
        var changes = new List<CommittedChange>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (parts.Length > EntityLimits.TransactionActions)
            throw TableFailure.InTransaction(99, TableFailure.InvalidInput("99:The batch request operation exceeds the maximum 100 changes per change set."));
        foreach (var (write, body) in parts)
        {
            try
            {
                if (write.Entity.PartitionKey != parts[0].Write.Entity.PartitionKey)
                    throw TableFailure.Of(400, "CommandsInBatchActOnDifferentPartitions", "All commands in a batch must operate on same entity group.");
                if (!seen.Add(write.Entity.RowKey))
                    throw TableFailure.Of(400, "InvalidDuplicateRow", "The batch request contains multiple changes with same row key. An entity can appear only once in a batch request.");
                changes.Add(account.Table(Name).Try(write, body));
            }
            catch (RequestFailedException e) when (transaction)
            {
                throw TableFailure.InTransaction(changes.Count, e);
            }
        }

        account.Commit(account.Table(Name), changes);
        return [.. changes.Select(change => new TableResponse(204, change.After?.ETag.ToString()))];
    }
}
