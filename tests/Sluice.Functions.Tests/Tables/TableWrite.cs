using Azure;
using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>One write as it goes over the wire; alone or in a transaction.</summary>
internal sealed record TableWrite(TableTransactionActionType Type, TableEntity Entity, ETag IfMatch)
{
    public bool Replaces => Type is TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace;

    /// <summary>Only for an update and a deletion: the header If-Match.</summary>
    public bool Conditional => Type is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete;

    /// <summary>An action of a transaction as the client sends it.</summary>
    public static TableWrite Of(TableTransactionAction action)
    {
        var entity = action.Entity as TableEntity ?? throw new NotSupportedException("Only TableEntity is supported here.");
        return (action.ActionType, action.ETag == default) switch
        {
            (TableTransactionActionType.Delete, true) => new(action.ActionType, entity, ETag.All),

            // No trap of ours: the client sends no If-Match for a default etag, and the service takes that for an upsert.
            (TableTransactionActionType.UpdateMerge, true) => new(TableTransactionActionType.UpsertMerge, entity, default),
            (TableTransactionActionType.UpdateReplace, true) => new(TableTransactionActionType.UpsertReplace, entity, default),
            _ => new(action.ActionType, entity, action.ETag),
        };
    }
}
