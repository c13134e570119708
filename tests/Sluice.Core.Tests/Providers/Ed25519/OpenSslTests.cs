using System.Globalization;
using System.Text.Json;
using Sluice.Contracts;
using Sluice.Providers;

namespace Sluice.Core.Tests.Providers;

/// <summary>
/// Thousands of signatures, honest, mutated and crafted, judged by OpenSSL (through Node) and by us. We may refuse what it accepts for
/// a named reason only, and never accept what it refuses. Another seed: SLUICE_FUZZ_SEED; more of them: SLUICE_FUZZ_COUNT.
/// </summary>
public sealed class OpenSslTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Seed = 8032;
    private const string SmallOrderKey = "stricter: a key of small order fits many messages";

    private NodeProgram? node;
    private string missing = "";

    public ValueTask InitializeAsync()
    {
        node = NodeProgram.Start("ed25519.mjs", out missing);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
    }

    [Fact]
    public async Task We_and_OpenSSL_accept_the_same_but_for_named_reasons()
    {
        Assert.SkipWhen(missing.Length > 0, missing);
        var seed = Setting("SLUICE_FUZZ_SEED", Seed);
        var generator = new CraftedSignatures(seed);
        var cases = Enumerable.Range(0, Setting("SLUICE_FUZZ_COUNT", 4000)).Select(_ => generator.Next())
            .Concat(SpecCheckTests.Read().Select(vector => ("the twelve vectors", vector.Signed))).ToArray();
        var answers = await node!.AskAsync([.. cases.Select(item => Line(item.Item2))], TestContext.Current.CancellationToken);

        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unexplained = new List<string>();
        for (var i = 0; i < cases.Length; i++)
        {
            var (kind, signed) = cases[i];
            var (ours, theirs) = (signed.IsAccepted(), Accepted(answers[i]));
            var verdict = ours == theirs ? (ours ? "both accept" : "both refuse") : !ours && IsSmallOrder(signed.PublicKey) ? SmallOrderKey : null;
            if (verdict is null) unexplained.Add($"seed {seed}, case {i} ({kind}): we say {ours}, OpenSSL says {answers[i]}\n  echo '{Line(signed)}' | node ed25519.mjs");
            else counts[$"{kind}: {verdict}"] = counts.GetValueOrDefault($"{kind}: {verdict}") + 1;
        }

        foreach (var (verdict, count) in counts) output.WriteLine($"{count,5}  {verdict}");
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} unexplained differences, such as:\n{string.Join('\n', unexplained.Take(10))}");
        foreach (var verdict in CraftedSignatures.Verdicts) Assert.True(counts.ContainsKey(verdict), $"no case of '{verdict}'");
        Assert.Contains(counts.Keys, verdict => verdict.EndsWith(SmallOrderKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenSSL_says_of_the_twelve_vectors_what_is_written_there()
    {
        Assert.SkipWhen(missing.Length > 0, missing);
        var vectors = SpecCheckTests.Read();
        var answers = await node!.AskAsync([.. vectors.Select(vector => Line(vector.Signed))], TestContext.Current.CancellationToken);
        Assert.Equal(vectors.Select(vector => vector.OpenSsl), answers.Select(Accepted));
    }

    [Fact]
    public async Task We_and_OpenSSL_make_the_same_keys_and_signatures()
    {
        Assert.SkipWhen(missing.Length > 0, missing);
        var random = new Random(Setting("SLUICE_FUZZ_SEED", Seed));
        var cases = Enumerable.Range(0, 500).Select(i => (Seed: Bytes(random, 32), Message: Bytes(random, i))).ToArray();
        var answers = await node!.AskAsync(
            [.. cases.Select(item => JsonSerializer.Serialize(new { seed = Convert.ToHexString(item.Seed), message = Convert.ToHexString(item.Message) }))],
            TestContext.Current.CancellationToken);
        for (var i = 0; i < cases.Length; i++)
        {
            using var answer = JsonDocument.Parse(answers[i]);
            Assert.Equal(answer.RootElement.GetProperty("publicKey").GetString(), Convert.ToHexStringLower(Ed25519.PublicKey(cases[i].Seed)));
            Assert.Equal(answer.RootElement.GetProperty("signature").GetString(), Convert.ToHexStringLower(Ed25519.Sign(cases[i].Seed, cases[i].Message)));
        }
    }

    private static bool IsSmallOrder(byte[] key) => TextbookCurve.SmallOrder.Any(point => point.SequenceEqual(key));

    private static string Line(CraftedSignature signed) => JsonSerializer.Serialize(new
    {
        publicKey = Convert.ToHexStringLower(signed.PublicKey),
        message = Convert.ToHexStringLower(signed.Message),
        signature = Convert.ToHexStringLower(signed.Signature),
    });

    private static bool Accepted(string answer)
    {
        using var json = JsonDocument.Parse(answer);
        return json.RootElement.GetProperty("accepted").GetBoolean();
    }

    private static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static int Setting(string name, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
