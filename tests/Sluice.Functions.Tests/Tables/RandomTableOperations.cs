using System.Diagnostics.CodeAnalysis;
using Azure.Data.Tables;
using static Sluice.Functions.Tests.Tables.TableTranscript;

namespace Sluice.Functions.Tests.Tables;

/// <summary>Operations drawn from a seed, on few rows, so that they meet.</summary>
[SuppressMessage("Security", "CA5394", Justification = "A seed must replay exactly.")]
internal sealed class RandomTableOperations(int seed)
{
    private static readonly string[] Versions = ["latest", "latest", "latest", "first", "*"];
    private static readonly object[] Values = ["text", "it's", 1, 2, 3L, 0.5, true, new byte[] { 1, 2 }];

    private readonly Random random = new(seed);

    private string Partition => random.Next(3) == 0 ? "q" : "p";

    private string Row => $"r{random.Next(6)}";

    private string Version => Versions[random.Next(Versions.Length)];

    private TableUpdateMode Mode => (TableUpdateMode)random.Next(2);

    public Task NextAsync(TableTranscript table) => random.Next(10) switch
    {
        0 or 1 => table.AddAsync(Any(Partition)),
        2 => table.UpsertAsync(Mode, Any(Partition)),
        3 or 4 => table.UpdateAsync(Mode, Any(Partition), Version),
        5 => table.DeleteAsync(Partition, Row, random.Next(2) == 0 ? null : Version),
        6 => table.GetIfExistsAsync(Partition, Row),
        7 => table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey ge {Row}"), random.Next(1, 4)),
        8 => table.QueryAsync(TableClient.CreateQueryFilter($"P0 eq {"text"} or RowKey gt {Row}")),
        _ => table.TransactAsync([.. Actions(Partition)]),
    };

    private IEnumerable<(TableTransactionActionType Type, TableEntity Entity, string? Version)> Actions(string partition)
    {
        var count = random.Next(1, 5);
        for (var i = 0; i < count; i++)
        {
            var type = (TableTransactionActionType)random.Next(6);
            yield return Act(type, Any(partition), type is TableTransactionActionType.Add or TableTransactionActionType.UpsertMerge or TableTransactionActionType.UpsertReplace ? null : Version);
        }
    }

    private TableEntity Any(string partition) =>
        Entity(partition, Row, [.. Enumerable.Range(0, random.Next(4)).Select(_ => ($"P{random.Next(4)}", (object?)Values[random.Next(Values.Length)]))]);
}
