using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>What a REST request does.</summary>
public enum TableRequestKind
{
    CreateTable,
    DeleteTable,
    Get,
    Query,
    Add,
    Update,
    Upsert,
    Delete,
    Transaction,
}

/// <summary>One REST request: a page of a query is one, a transaction is one.</summary>
/// <param name="PartitionKey">Null for a table, and for a query that does not name one partition.</param>
/// <param name="RowKeys">In a transaction one for each action, in their order.</param>
/// <param name="Try">From 1: above it is the SDK's own repetition.</param>
public sealed record TableRequest(string Table, TableRequestKind Kind, string? PartitionKey, IReadOnlyList<string> RowKeys, int Try = 1)
{
    public bool Writes => Kind is not (TableRequestKind.Get or TableRequestKind.Query);
}

/// <summary>A row before and after a commit: an insertion has no before, a deletion no after. Copies.</summary>
public sealed record CommittedChange(string Table, TableEntity? Before, TableEntity? After);
