using System.Text.Json.Nodes;
using Sluice.Hosts.Tests.Processes;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary><c>sluice send PROVIDER --misbehave</c> as people call it.</summary>
public sealed class MisbehaveCommandTests : IAsyncLifetime
{
    private const string PathSecret = "a-part-of-the-url-that-is-secret";

    private readonly WorkFolder folder = new();
    private RunningSluice sluice = null!;

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(folder.Config, $$"""
            { "Sluice": {
                "Sources": {
                    "stripe": { "Provider": "stripe", "Secrets": ["{{WorkFolder.Secret}}", "whsec_next", { "Value": "whsec_retired", "NotAfter": "2020-01-01T00:00:00Z" }] },
                    "any": { "Provider": "none", "Secrets": ["{{PathSecret}}"] } },
                "Destinations": { "log": { "Handler": "log" } } } }
            """);
        sluice = await RunningSluice.StartAsync(folder);
    }

    public async ValueTask DisposeAsync()
    {
        await sluice.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task The_running_sluice_gets_a_table_a_good_verdict_and_exit_code_0()
    {
        var said = (await folder.RunAsync("send", "stripe", "--misbehave")).Success;
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal("Verdict: good", lines[^1]);
        foreach (var scenario in new[] { "genuine", "exact-bytes", "duplicates", "order", "schedule", "time", "rotation", "forgery", "burst", "disconnect", "answer" })
            Assert.Contains(lines, line => line.Contains($" {scenario} ", StringComparison.Ordinal) && line.Contains(" good ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("200 x 2, hung up x 2", StringComparison.Ordinal) && line.Contains("2 of 2", StringComparison.Ordinal));
        Assert.Matches(@"seed \d+, scale 0\.0\d+", lines[^2]);
    }

    [Fact]
    public async Task Json_is_one_object_and_what_it_counts_is_what_the_sluice_has()
    {
        var said = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--seed", "42", "--json")).Success)!;
        Assert.Equal(("stripe", "good", 42), (said["provider"]!.GetValue<string>(), said["verdict"]!.GetValue<string>(), said["seed"]!.GetValue<int>()));
        var kept = said["scenarios"]!.AsArray().Sum(scenario => scenario!["kept"]!.GetValue<int>());
        Assert.Equal(kept, (await sluice.AskAsync("stats"))["events"]!.GetValue<long>());
        Assert.Empty(said["faults"]!.AsArray());
    }

    [Fact]
    public async Task Beside_a_secret_that_is_named_the_others_of_the_source_are_not_used()
    {
        var said = JsonNode.Parse((await folder.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--secret", WorkFolder.Secret, "--only", "rotation", "--json")).Success)!;
        Assert.Equal(["genuine good", "rotation left out"], said["scenarios"]!.AsArray().Select(scenario => $"{scenario!["name"]} {scenario["verdict"]}"));
    }

    [Fact]
    public async Task A_receiver_of_ones_own_is_judged_by_its_url_and_told_what_mends_it()
    {
        await using var receiver = await new FailsOnDuplicates().StartAsync();
        var said = await folder.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--url", receiver.Url.ToString(), "--observe", receiver.KeptUrl.ToString(), "--secret", Receiver.Secret, "--only", "duplicates,answer");
        Assert.Equal(1, said.ExitCode);
        Assert.Contains("Verdict: 1 fault\n- an event that came again was answered 500 (duplicates)\n  Fix: answer the repeat of an event that is kept with the same success", said.Answer.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotContain(Receiver.Secret, said.Answer + said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(" burst ", said.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sluice_elsewhere_is_asked_with_its_token()
    {
        using var elsewhere = new WorkFolder();
        var said = JsonNode.Parse((await elsewhere.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--remote", sluice.Url, "--token", sluice.Token, "--only", "answer", "--json")).Success)!;
        Assert.All(said["scenarios"]!.AsArray(), scenario => Assert.Equal(scenario!["events"]!.GetValue<int>(), scenario["kept"]!.GetValue<int>()));
        var without = await elsewhere.RunAsync("send", "stripe", "--misbehave", "--remote", sluice.Url);
        Assert.Contains("--remote needs --token", Assert.Single(without.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_a_part_of_the_url_is_shown_nowhere()
    {
        foreach (var more in new string[][] { [], ["--json"], ["--url", $"{sluice.Url}/api/webhooks/any/{PathSecret}"] })
        {
            var said = (await folder.RunAsync(["send", "none", "--source", "any", "--misbehave", "--scale", "0", .. more])).Success;
            Assert.DoesNotContain(PathSecret, said, StringComparison.Ordinal);
            Assert.Contains("good", said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--scale is about --misbehave", "--scale", "0.1")]
    [InlineData("--observe is about --misbehave", "--observe", "http://127.0.0.1:1/kept")]
    [InlineData("--count means nothing beside --misbehave", "--misbehave", "--count", "3")]
    [InlineData("--scale is a number from 0 to 1", "--misbehave", "--scale", "2")]
    [InlineData("write 0.14085 at most", "--misbehave", "--scale", "1")]
    [InlineData("--only 'sleep' is no scenario; there are genuine, exact-bytes", "--misbehave", "--only", "sleep")]
    [InlineData("--observe ftp://x is no http or https address", "--misbehave", "--observe", "ftp://x")]
    [InlineData("--next-secret ", "--misbehave", "--next-secret", "file:/nowhere/next")]
    public async Task What_makes_no_sense_is_one_line_that_says_what_to_write(string line, params string[] arguments)
    {
        var said = await folder.RunAsync(["send", "stripe", .. arguments]);
        Assert.Equal(1, said.ExitCode);
        Assert.Contains(line, Assert.Single(said.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_is_one_line()
    {
        var said = await folder.RunAsync("send", "stripe", "--misbehave", "--url", "http://127.0.0.1:1/hooks");
        Assert.Equal(1, said.ExitCode);
        Assert.StartsWith("sluice: 127.0.0.1:1 cannot be reached: ", Assert.Single(said.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_observed_url_that_answers_something_else_is_named()
    {
        var said = await folder.RunAsync("send", "stripe", "--misbehave", "--scale", "0", "--observe", $"{sluice.Url}/api/health", "--only", "answer");
        Assert.Equal(1, said.ExitCode);
        Assert.Contains("answers no JSON array of ids", Assert.Single(said.ErrorLines), StringComparison.Ordinal);
    }
}
