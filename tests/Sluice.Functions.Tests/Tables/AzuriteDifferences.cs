namespace Sluice.Functions.Tests.Tables;

/// <summary>Of an operation that contains <paramref name="Operation"/>, and outcomes that start so.</summary>
internal sealed record AzuriteDifference(string Scenario, string Operation, string Double, string Azurite, string Reason)
{
    public bool Explains(string operation, string ours, string theirs) =>
        operation.Contains(Operation, StringComparison.Ordinal) && ours.StartsWith(Double, StringComparison.Ordinal) && theirs.StartsWith(Azurite, StringComparison.Ordinal);
}

/// <summary>Where Azurite differs from the documented service, and the double follows the service. One that no scenario shows any more fails its test.</summary>
internal static class AzuriteDifferences
{
    public static readonly IReadOnlyList<AzuriteDifference> All =
    [
        new("bad filters", "PartitionKey eq 'a", "400 InvalidInput", " end", "Azurite takes the end of a filter for the end of a string"),
        new("bad filters", "RowKey eq '15'", "400 InvalidInput", " end", "the service takes 15 comparisons in a filter, Azurite counts none"),
        new("failing transactions", "a/b", "400 OutOfRangeInput at 1", "400 InvalidInput at 1", "a forbidden letter in a key that is sent in the body is out of range; Azurite has one code for all"),
        new("failing transactions", "other/10", "400 CommandsInBatchActOnDifferentPartitions at 1", "204", "a transaction has one partition; Azurite does not look (its issue 1215)"),
        new("large transactions", "of 101", "400 InvalidInput at 99", "400 InvalidInput at 0", "which action is named for too many of them is not documented; the service names the last allowed one, Azurite the first"),
        new("sizes", "fifteen of 64 KiB", "204", "400 EntityTooLarge", "the service counts the entity's data, Azurite for updates the JSON with its base64"),
        new("sizes", "sixteen of 64 KiB", "400 EntityTooLarge", "204", "Azurite looks at insertions only up to 4 MiB"),
        new("sizes", "253 properties", "400 TooManyProperties", "204", "Azurite does not count properties (its issue 1446)"),
        new("keys", "forbidden", "400 OutOfRangeInput", "400 InvalidInput", "as in failing transactions"),
        new("keys", "forbidden", "400 InvalidInput", "500", "Azurite stumbles over a slash in a key of the address"),
        new("keys", "too long", "400 KeyValueTooLarge", "400 InvalidInput", "Azurite has one code for all"),
        new("names", "refused a", "400 PropertyNameInvalid", "204", "Azurite does not look at the names of properties"),
        new("names", "refused 1", "400 PropertyNameInvalid", "204", "the same"),
        new("names", "refused n", "400 PropertyNameTooLong", "204", "the same"),
    ];
}
