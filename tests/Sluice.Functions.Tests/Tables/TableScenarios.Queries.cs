using Azure.Data.Tables;
using static Sluice.Functions.Tests.Tables.TableTranscript;

namespace Sluice.Functions.Tests.Tables;

internal static partial class TableScenarios
{
    private static async Task FiltersAsync(TableTranscript table)
    {
        await table.CreateAsync();
        var time = new DateTimeOffset(2026, 11, 22, 7, 8, 9, TimeSpan.Zero);
        for (var i = 0; i < 6; i++)
        {
            await table.AddAsync(Entity(
                i < 3 ? "a" : "b", $"r{i}", ("Name", i % 2 == 0 ? "even" : "it's odd"), ("Number", i - 2), ("Long", (i - 2) * 10_000_000_000L), ("Half", i / 2.0),
                ("Time", time.AddHours(i)), ("Id", new Guid(i, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])), ("Flag", i > 3)));
        }

        await table.AddAsync(Entity("b", "without"));
        foreach (var filter in new[]
        {
            "PartitionKey eq 'a'", "PartitionKey gt 'a'", "PartitionKey ne 'a'", "RowKey ge 'r1' and RowKey lt 'r4'", "PartitionKey eq 'b' and RowKey ge 'r4' and RowKey lt 's'",
            "PartitionKey ge 'a' and PartitionKey le 'a'", "PartitionKey eq 'a' or RowKey eq 'r5'", "(PartitionKey eq 'a' or PartitionKey eq 'b') and RowKey eq 'r3'", "RowKey gt 'r2' or PartitionKey eq 'a' and RowKey lt 'r1'",
            "Name eq 'even'", "Name eq 'it''s odd'", "Name ne 'even'", "not (Name eq 'even')", "not (Name eq 'even') and PartitionKey eq 'b'", "Number eq -2", "Number lt 1", "Number ge 1 and Number le 2",
            "Long gt 10000000000L", "Long eq -20000000000L", "Half ge 1.5", "Half lt 1.0", $"Time gt datetime'{time.AddHours(3):yyyy-MM-ddTHH:mm:ssZ}'", $"Time eq datetime'{time:yyyy-MM-ddTHH:mm:ssZ}'",
            "Id eq guid'00000003-0000-0000-0000-000000000000'", "Flag eq true", "Flag ne true", "Flag eq false and Number gt 0", "Missing eq 1", "Missing ne 1", "Missing eq ''", "PartitionKey eq 'none'",
            "PartitionKey eq 'a' and PartitionKey eq 'b'", "((PartitionKey eq 'a') and (RowKey ge 'r1')) and (RowKey lt 'r3')", "Name gt 'f'",
        }) await table.QueryAsync(filter, null, "RowKey");

        await table.QueryAsync(TableClient.CreateQueryFilter($"Name eq {"it's odd"} and Long gt {5L} and Time le {time.AddHours(5)} and Flag eq {false}"), null, "RowKey");
        await table.QueryAsync(TableClient.CreateQueryFilter($"Id eq {new Guid(2, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])} and Number eq {0} and Half eq {1.0}"), null, "RowKey");
    }

    private static async Task BadFiltersAsync(TableTranscript table)
    {
        await table.CreateAsync();
        foreach (var filter in new[] { "PartitionKey", "PartitionKey eq", "PartitionKey eq 'a' and", "PartitionKey is 'a'", "(PartitionKey eq 'a'", "PartitionKey eq 'a')", "PartitionKey eq 'a' RowKey eq 'b'", "eq 'a'", "PartitionKey eq 'a" })
            await table.QueryAsync(filter);
        await table.QueryAsync(string.Join(" or ", Enumerable.Range(0, 15).Select(i => $"RowKey eq '{i}'")));
        await table.QueryAsync(string.Join(" or ", Enumerable.Range(0, 16).Select(i => $"RowKey eq '{i}'")));
    }

    private static async Task SelectAsync(TableTranscript table)
    {
        await table.CreateAsync();
        await table.AddAsync(Entity("p", "r", ("A", 1), ("B", new byte[] { 1 }), ("C", 3L)));
        await table.AddAsync(Entity("p", "s", ("C", 4L)));
        await table.GetAsync("p", "r", "A");
        await table.GetAsync("p", "r", "PartitionKey", "RowKey", "B");
        await table.GetAsync("p", "r", "Missing");
        await table.QueryAsync("PartitionKey eq 'p'", null, "RowKey", "C");
        await table.QueryAsync("A eq 1", null, "C");
        await table.QueryAsync(null, 1, "RowKey");
    }

    private static async Task PagesAsync(TableTranscript table)
    {
        await table.CreateAsync();
        for (var i = 0; i < 12; i++) await table.AddAsync(Entity($"p{i / 4}", $"雪{i:D2}", ("A", i)));
        foreach (var size in new[] { 1, 4, 5, 11, 12, 13, 1000 }) await table.QueryAsync(null, size, "RowKey");
        await table.QueryAsync("A ge 2 and A lt 11", 3, "RowKey");
        await table.QueryAsync("PartitionKey eq 'p1'", 3, "RowKey");
        for (var block = 0; block < 11; block++) await table.TransactAsync($"block {block}", [.. Adds(100, "many", null, block * 100)]);
        await table.CountPagesAsync(null);
        await table.CountPagesAsync("PartitionKey eq 'many'");
        await table.CountPagesAsync("PartitionKey eq 'many'", 400);
        await table.CountPagesAsync("PartitionKey eq 'many' and RowKey lt '01000'");
    }

    private static async Task OrderAsync(TableTranscript table)
    {
        await table.CreateAsync();
        foreach (var key in new[] { "b", "a", "B", "A", "aa", "a!", "a-", "a_", "1", "10", "2", "", "é", "e\u0301", "\uffee", "🌧", "雪", "~" })
        {
            await table.AddAsync(Entity("p", key));
            await table.AddAsync(Entity(key, "r"));
        }

        await table.QueryAsync(null, null, "PartitionKey", "RowKey");
        await table.QueryAsync("PartitionKey eq 'p' and RowKey ge 'a' and RowKey lt 'b'", null, "RowKey");
        await table.QueryAsync("PartitionKey lt 'b'", 3, "PartitionKey");
    }
}
