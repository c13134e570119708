using System.Globalization;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// Thousands of requests judged by each sender's own library and by us. We may refuse what it accepts for a named reason only,
/// and accept what it refuses for a named reason only. Another seed: SLUICE_FUZZ_SEED; 100,000 of them: SLUICE_FUZZ=full.
/// </summary>
[Collection(nameof(SenderLibraries))]
public sealed class SenderFuzzTests(SenderLibraries libraries, ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const int Batch = 4000;

    private static bool IsFull => Environment.GetEnvironmentVariable("SLUICE_FUZZ") == "full";

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task We_and_the_senders_library_accept_the_same_but_for_named_reasons(string sender)
    {
        libraries.SkipWhereMissing();
        var seed = Setting("SLUICE_FUZZ_SEED", Seed);
        var generator = SenderCases.Of(sender, seed);
        var total = IsFull ? 100_000 : (int)(4000 * SenderLibraries.Senders[sender].Share);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new Dictionary<string, List<string>>();
        for (var done = 0; done < total; done += Batch)
        {
            var cases = Enumerable.Range(0, Math.Min(Batch, total - done)).Select(_ => generator.Next()).ToArray();
            var theirs = await libraries.VerifyAsync(cases);
            for (var i = 0; i < cases.Length; i++)
            {
                var ours = cases[i].Ours();
                var accepted = ours == SignatureResult.Valid;
                var verdict = accepted == theirs[i].Accepted ? (accepted ? "both accept" : "both refuse") : KnownDifferences.Reason(cases[i], ours);
                if (verdict is not null) counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
                else Add(unexplained, $"we say {ours?.ToString() ?? "no secret"}, the library says {(theirs[i].Accepted ? "accepted" : theirs[i].Why.Split('\n')[0])}", $"seed {seed}, case {done + i}: echo '{cases[i].Line}' | node verify.mjs");
            }
        }

        foreach (var (verdict, count) in counts) output.WriteLine($"{count,5}  {verdict}");
        Assert.True(unexplained.Count == 0, $"unexplained differences:\n{string.Join('\n', unexplained.Select(kind => $"{kind.Value.Count} times {kind.Key}, such as\n  {string.Join("\n  ", kind.Value.Take(3))}"))}");
        if (seed == Seed) Assert.Empty(KnownDifferences.Reasons(sender).Except(counts.Keys));
        Assert.InRange(counts["both accept"], total / 10, total);
        Assert.InRange(counts["both refuse"], total / 10, total);
    }

    private static void Add(Dictionary<string, List<string>> kinds, string kind, string item)
    {
        if (!kinds.TryGetValue(kind, out var items)) kinds[kind] = items = [];
        items.Add(item);
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
