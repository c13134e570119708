using System.Globalization;
using Sluice.Providers;

namespace Sluice.Core.Tests.Senders;

/// <summary>
/// Thousands of requests judged by each sender's own library and by us. We may refuse what it accepts for a named reason only,
/// and accept what it refuses for a named reason only. Another seed: SLUICE_FUZZ_SEED; more of them: SLUICE_FUZZ_COUNT.
/// </summary>
[Collection(nameof(SenderLibraries))]
public sealed class SenderFuzzTests(SenderLibraries libraries, ITestOutputHelper output)
{
    private const int Seed = 20261122;

    [Theory, MemberData(nameof(SenderLibraries.Names), MemberType = typeof(SenderLibraries))]
    public async Task We_and_the_senders_library_accept_the_same_but_for_named_reasons(string sender)
    {
        libraries.SkipWhereMissing();
        var seed = Setting("SLUICE_FUZZ_SEED", Seed);
        var generator = new SenderCaseGenerator(sender, seed);
        var cases = Enumerable.Range(0, Setting("SLUICE_FUZZ_COUNT", 4000)).Select(_ => generator.Next()).ToArray();
        var theirs = await libraries.VerifyAsync(cases);

        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new List<string>();
        for (var i = 0; i < cases.Length; i++)
        {
            var ours = cases[i].Ours();
            var accepted = ours == SignatureResult.Valid;
            var verdict = accepted == theirs[i].Accepted ? (accepted ? "both accept" : "both refuse") : KnownDifferences.Reason(cases[i], ours);
            if (verdict is null) unexplained.Add($"seed {seed}, case {i}: we say {ours?.ToString() ?? "no secret"}, the library says {(theirs[i].Accepted ? "accepted" : theirs[i].Why)}\n  echo '{cases[i].Line}' | node verify.mjs");
            else counts[verdict] = counts.GetValueOrDefault(verdict) + 1;
        }

        foreach (var (verdict, count) in counts) output.WriteLine($"{count,5}  {verdict}");
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} unexplained differences, such as:\n{string.Join('\n', unexplained.Take(10))}");
        if (seed == Seed) Assert.Empty(KnownDifferences.Reasons(sender).Except(counts.Keys));
        Assert.InRange(counts["both accept"], cases.Length / 10, cases.Length);
        Assert.InRange(counts["both refuse"], cases.Length / 10, cases.Length);
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
