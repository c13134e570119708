using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Tables;

/// <summary>The double against Azurite: the same operations, step by step the same outcome, or a named reason why not.</summary>
public sealed class AzuriteComparisonTests(AzuriteTables azurite)
{
    public static TheoryData<string> Scenarios => [.. TableScenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task The_double_answers_as_Azurite(string scenario)
    {
        var account = await azurite.AccountAsync();
        var table = FreshTable();
        var (ours, theirs) = (new TableTranscript(new TablesDouble(), table), new TableTranscript(account, table));
        await TableScenarios.All[scenario](ours);
        await TableScenarios.All[scenario](theirs);
        Compare(scenario, ours, theirs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Random_operations_have_the_same_outcome_step_by_step(int seed)
    {
        var account = await azurite.AccountAsync();
        var table = FreshTable();
        var (ours, theirs) = (new TableTranscript(new TablesDouble(), table), new TableTranscript(account, table));
        foreach (var transcript in new[] { ours, theirs })
        {
            await transcript.CreateAsync();
            var random = new RandomTableOperations(seed);
            for (var i = 0; i < 300; i++) await random.NextAsync(transcript);
        }

        Compare("random", ours, theirs);
    }

    [Fact]
    public void Every_known_difference_belongs_to_a_scenario() =>
        Assert.All(AzuriteDifferences.All, difference => Assert.Contains(difference.Scenario, TableScenarios.All.Keys));


    private static string FreshTable() => "T" + Guid.NewGuid().ToString("N");

    private static void Compare(string scenario, TableTranscript ours, TableTranscript theirs)
    {
        var known = AzuriteDifferences.All.Where(difference => difference.Scenario == scenario).ToList();
        var seen = new HashSet<AzuriteDifference>();
        var unknown = new List<string>();
        Assert.Equal(ours.Lines.Count, theirs.Lines.Count);
        foreach (var (our, their) in ours.Lines.Zip(theirs.Lines))
        {
            Assert.Equal(our.Operation, their.Operation);
            if (our.Outcome == their.Outcome) continue;
            if (known.Find(difference => difference.Explains(our.Operation, our.Outcome, their.Outcome)) is { } reason) seen.Add(reason);
            else unknown.Add($"{our.Operation}\n  double:  {our.Outcome}\n  Azurite: {their.Outcome}");
        }

        Assert.True(unknown.Count == 0, string.Join("\n", unknown));
        Assert.True(known.All(seen.Contains), "No longer a difference: " + string.Join("; ", known.Where(difference => !seen.Contains(difference)).Select(difference => difference.Reason)));
    }
}
