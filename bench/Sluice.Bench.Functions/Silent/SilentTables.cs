using Azure.Data.Tables;

namespace Sluice.Bench.Silent;

/// <summary>A storage account that does nothing.</summary>
public sealed class SilentTables : TableServiceClient
{
    public SilentTable Book { get; } = new();

    public SilentTable Index { get; } = new();

    public override TableClient GetTableClient(string tableName) => tableName.EndsWith("Book", StringComparison.Ordinal) ? Book : Index;
}
