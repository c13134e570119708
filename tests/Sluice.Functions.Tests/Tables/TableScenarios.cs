using System.Globalization;
using Azure.Data.Tables;
using static Sluice.Functions.Tests.Tables.TableTranscript;

namespace Sluice.Functions.Tests.Tables;

/// <summary>Operations for which every account must give the same transcript.</summary>
internal static partial class TableScenarios
{
    private static readonly object[] Values =
    [
        "text", "", "it's", "Zürich 雪 🌧", 7, -1, long.MaxValue, 5L, 1.5, 2.0, true, false, new Guid("00112233-4455-6677-8899-aabbccddeeff"),
        new DateTimeOffset(2026, 11, 22, 7, 8, 9, 123, TimeSpan.FromHours(2)).AddTicks(4567), new DateTimeOffset(1601, 1, 1, 0, 0, 0, TimeSpan.Zero), new byte[] { 0, 255, 1 }, Array.Empty<byte>(),
    ];

    public static IReadOnlyDictionary<string, Func<TableTranscript, Task>> All { get; } = new Dictionary<string, Func<TableTranscript, Task>>
    {
        ["tables"] = TablesAsync,
        ["one row"] = OneRowAsync,
        ["merge and replace"] = MergeAndReplaceAsync,
        ["etags"] = EtagsAsync,
        ["values"] = ValuesAsync,
        ["keys"] = KeysAsync,
        ["sizes"] = SizesAsync,
        ["names"] = NamesAsync,
        ["transactions"] = TransactionsAsync,
        ["failing transactions"] = FailingTransactionsAsync,
        ["large transactions"] = LargeTransactionsAsync,
        ["filters"] = FiltersAsync,
        ["bad filters"] = BadFiltersAsync,
        ["select"] = SelectAsync,
        ["pages"] = PagesAsync,
        ["order"] = OrderAsync,
    };

    private static async Task TablesAsync(TableTranscript table)
    {
        await table.GetAsync("p", "r");
        await table.GetIfExistsAsync("p", "r");
        await table.AddAsync(Entity("p", "r"));
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", "r"));
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r"), "*");
        await table.DeleteAsync("p", "r");
        await table.QueryAsync(null);
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "r")));
        await table.DeleteTableAsync();
        await table.CreateIfNotExistsAsync();
        await table.CreateIfNotExistsAsync();
        await table.CreateAsync();
        await table.AddAsync(Entity("p", "r"));
        await table.DeleteTableAsync();
        await table.GetAsync("p", "r");
    }

    private static async Task OneRowAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.AddAsync(Entity("p", "r", ("A", 1)));
        await table.AddAsync(Entity("p", "r", ("A", 2)));
        await table.AddAsync(Entity("p", "R", ("A", 3)));
        await table.GetAsync("p", "r");
        await table.GetIfExistsAsync("p", "r");
        await table.GetAsync("p", "none");
        await table.GetIfExistsAsync("p", "none");
        await table.DeleteAsync("p", "r");
        await table.DeleteAsync("p", "r");
        await table.GetAsync("p", "r");
        await table.AddAsync(Entity("p", "r", ("A", 4)));
        await table.QueryAsync(null);
    }

    private static async Task MergeAndReplaceAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "r", ("A", 1)), "*");
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r", ("A", 1)), "*");
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", "r", ("A", 1), ("B", "b"), ("N", null)));
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", "r", ("B", 2L), ("C", true)));
        await table.GetAsync("p", "r");
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "r", ("B", 3), ("D", 0.5)), "*");
        await table.GetAsync("p", "r");
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r", ("E", "e")), "*");
        await table.GetAsync("p", "r");
        await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", "r"));
        await table.GetAsync("p", "r");
        await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", "s", ("A", 1)));
        await table.QueryAsync(null);
    }

    private static async Task EtagsAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.AddAsync(Entity("p", "r", ("A", 1)));
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "r", ("A", 2)), "latest");
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "r", ("A", 3)), "first");
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r", ("A", 4)), "first");
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r", ("A", 5)), "latest");
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "none", ("A", 6)), "latest");
        await table.UpdateAsync(TableUpdateMode.Replace, Entity("p", "r", ("A", 7)), "nonsense");
        await table.DeleteAsync("p", "r", "first");
        await table.DeleteAsync("p", "none", "latest");
        await table.GetAsync("p", "r");
        await table.DeleteAsync("p", "r", "latest");
        await table.AddAsync(Entity("p", "r", ("A", 8)));
        await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", "r", ("A", 9)), "first");
        await table.GetAsync("p", "r");
    }

    private static async Task ValuesAsync(TableTranscript table)
    {
        await table.CreateAsync();
        for (var i = 0; i < Values.Length; i++)
        {
            var row = i.ToString("D2", CultureInfo.InvariantCulture);
            await table.AddAsync(Entity("p", row, ("Value", Values[i])));
            await table.GetAsync("p", row);
        }

        await table.QueryAsync("PartitionKey eq 'p'");
    }

    private static async Task KeysAsync(TableTranscript table)
    {
        await table.CreateAsync();
        foreach (var key in new[] { "", " ", "a b", "it's", "''", "a,b", "a%b", "a%2Fb", "a+b", "a&b=c", "a:b;c@d", "$!*()[]{}|~^`\"<>", "Zürich", "雪", "🌧", "a.b..c", "-", "_", new string('k', 512) })
        {
            var label = key.Length > 100 ? "long" : "";
            await table.AddAsync(Entity(key, "r", ("A", 1)), label);
            await table.AddAsync(Entity("p", key, ("A", 2)), label);
            await table.GetAsync(key, "r");
            await table.UpdateAsync(TableUpdateMode.Merge, Entity("p", key, ("B", 3)), "latest", label);
            await table.GetAsync("p", key);
            await table.TransactAsync("add " + key, Act(TableTransactionActionType.Add, Entity("transaction", key)));
            await table.TransactAsync("merge " + key, Act(TableTransactionActionType.UpsertMerge, Entity("transaction", key, ("C", 4))));
            await table.GetAsync("transaction", key);
            await table.DeleteAsync(key, "r");
            await table.QueryAsync(TableClient.CreateQueryFilter($"PartitionKey eq 'p' and RowKey eq {key}"));
        }

        foreach (var letter in "/\\#?\u0001\t\n\u007f\u009f")
        {
            var key = $"a{letter}b";
            await table.AddAsync(Entity(key, "r"), "forbidden in PartitionKey");
            await table.AddAsync(Entity("p", key), "forbidden in RowKey");
            await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", key), "forbidden in RowKey");
        }

        await table.AddAsync(Entity(new string('k', 513), "r"), "too long");
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", new string('k', 513)), "too long");
        await table.QueryAsync(null);
    }

    private static async Task SizesAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.AddAsync(Entity("p", "string at the limit", ("A", new string('x', 32 * 1024))));
        await table.AddAsync(Entity("p", "string over the limit", ("A", new string('x', (32 * 1024) + 1))));
        await table.AddAsync(Entity("p", "bytes at the limit", ("A", new byte[64 * 1024])));
        await table.AddAsync(Entity("p", "bytes over the limit", ("A", new byte[(64 * 1024) + 1])));
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", "string at the limit", ("B", new string('x', (32 * 1024) + 1))));
        await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", "bytes at the limit", ("B", new byte[(64 * 1024) + 1])));
        await table.QueryAsync(null);
        await table.AddAsync(Entity("p", "twelve of 64 KiB", Blocks(12)));
        await table.GetAsync("p", "twelve of 64 KiB");
        await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", "fifteen of 64 KiB", Blocks(15)));
        await table.AddAsync(Entity("p", "sixteen of 64 KiB", Blocks(16)));
        await table.UpsertAsync(TableUpdateMode.Replace, Entity("p", "seventeen of 64 KiB", Blocks(17)));
        await table.AddAsync(Entity("p", "252 properties", Numbers(252)));
        await table.AddAsync(Entity("p", "253 properties", Numbers(253)));
    }

    private static async Task NamesAsync(TableTranscript table)
    {
        await table.CreateAsync();
        foreach (var name in new[] { "a", "_b", "Zürich", "x1", new string('n', 255) }) await table.AddAsync(Entity("p", "ok", (name, 1)), name[0].ToString());
        foreach (var name in new[] { "a-b", "1a", "a b", new string('n', 256) }) await table.AddAsync(Entity("p", "refused " + name[..2], (name, 1)));
    }

    private static async Task TransactionsAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.TransactAsync(
            Act(TableTransactionActionType.Add, Entity("p", "1", ("A", 1))),
            Act(TableTransactionActionType.Add, Entity("p", "2", ("A", 2))),
            Act(TableTransactionActionType.UpsertMerge, Entity("p", "3", ("A", 3))),
            Act(TableTransactionActionType.UpsertReplace, Entity("p", "4", ("A", 4))));
        await table.QueryAsync(null);
        await table.TransactAsync(
            Act(TableTransactionActionType.UpdateMerge, Entity("p", "1", ("B", "it's 雪")), "latest"),
            Act(TableTransactionActionType.UpdateReplace, Entity("p", "2", ("B", 2)), "*"),
            Act(TableTransactionActionType.Delete, Entity("p", "3"), "latest"),
            Act(TableTransactionActionType.Delete, Entity("p", "4")),
            Act(TableTransactionActionType.Add, Entity("p", "5")));
        await table.QueryAsync(null);
        await table.TransactAsync(Act(TableTransactionActionType.UpdateMerge, Entity("p", "a default etag makes an upsert", ("A", 1))));
        await table.TransactAsync(Act(TableTransactionActionType.UpdateReplace, Entity("p", "1", ("C", 1))));
        await table.QueryAsync(null);
    }

    private static async Task FailingTransactionsAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "1", ("A", 1))), Act(TableTransactionActionType.Add, Entity("p", "2", ("A", 2))));
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "3")), Act(TableTransactionActionType.Add, Entity("p", "1")), Act(TableTransactionActionType.Add, Entity("p", "4")));
        await table.QueryAsync(null);
        await table.TransactAsync(
            Act(TableTransactionActionType.UpdateMerge, Entity("p", "1", ("A", 10)), "latest"),
            Act(TableTransactionActionType.Delete, Entity("p", "2")),
            Act(TableTransactionActionType.UpsertReplace, Entity("p", "5")),
            Act(TableTransactionActionType.UpdateReplace, Entity("p", "none"), "*"));
        await table.QueryAsync(null);
        await table.UpsertAsync(TableUpdateMode.Merge, Entity("p", "1", ("A", 11)));
        await table.TransactAsync(Act(TableTransactionActionType.UpdateMerge, Entity("p", "2", ("A", 12)), "latest"), Act(TableTransactionActionType.UpdateReplace, Entity("p", "1"), "first"));
        await table.TransactAsync(Act(TableTransactionActionType.Delete, Entity("p", "1"), "first"));
        await table.TransactAsync(Act(TableTransactionActionType.Delete, Entity("p", "none")));
        await table.QueryAsync(null);
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "6")), Act(TableTransactionActionType.UpsertMerge, Entity("p", "6", ("A", 1))));
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "7")), Act(TableTransactionActionType.Add, Entity("p", "8", ("A", new string('x', (32 * 1024) + 1)))));
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "9")), Act(TableTransactionActionType.Add, Entity("p", "a/b")));
        await table.QueryAsync(null);
        await table.TransactAsync(Act(TableTransactionActionType.Add, Entity("p", "10")), Act(TableTransactionActionType.Add, Entity("other", "10")));
    }

    private static async Task LargeTransactionsAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.TransactAsync("of 100", [.. Adds(100)]);
        await table.CountPagesAsync(null);
        await table.TransactAsync("of 101", [.. Adds(101, "other")]);
        await table.CountPagesAsync(null);

        // 47 × 64 KiB × 4/3 is just below 4 MiB, 48 just above.
        await table.TransactAsync("just below 4 MiB", [.. Adds(47, "big", new byte[64 * 1024])]);
        await table.CountPagesAsync("PartitionKey eq 'big'", 20);
        await table.TransactAsync("just above 4 MiB", [.. Adds(48, "too big", new byte[64 * 1024])]);
        await table.CountPagesAsync("PartitionKey eq 'too big'");
    }

    private static (string Name, object? Value)[] Blocks(int count) => [.. Enumerable.Range(0, count).Select(i => ($"Block{i}", (object?)new byte[64 * 1024]))];

    private static (string Name, object? Value)[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => ($"P{i}", (object?)i))];

    private static IEnumerable<(TableTransactionActionType Type, TableEntity Entity, string? Version)> Adds(int count, string partitionKey = "p", byte[]? bytes = null, int first = 0) =>
        Enumerable.Range(first, count).Select(i => Act(TableTransactionActionType.Add, Entity(partitionKey, i.ToString("D5", CultureInfo.InvariantCulture), ("Bytes", bytes))));
}
