namespace Sluice.Hosts.Tests.Processes;

/// <summary>What <c>sluice up</c> refuses to start with: each fault in one line on standard error, exit code 1.</summary>
public sealed class ConfigurationRefusalTests
{
    private const string Log = """ "log": { "Handler": "log" } """;

    [Theory]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": [""] } } } }""", "Sluice:Sources:stripe:Secrets:0")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["  "] } } } }""", "Sluice:Sources:stripe:Secrets:0")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": [] } } } }""", "Sluice:Sources:stripe:Secrets")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe" } } } }""", "Sluice:Sources:stripe:Secrets")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["env:SLUICE_TEST_NOT_SET"] } } } }""", "SLUICE_TEST_NOT_SET")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["file:missing.txt"] } } } }""", "missing.txt")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "strip", "Secrets": ["whsec_test"] } } } }""", "'strip'")]
    [InlineData("""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_test"], "Secret": "x" } } } }""", "did you mean Secrets?")]
    [InlineData("""{ "Sluice": { "Destinations": { "sink": { "Handler": "http" } } } }""", "has no Url")]
    [InlineData("""{ "Sluice": { "Destinations": { "sink": { "Handler": "nothing" } } } }""", "'nothing'")]
    [InlineData("""{ "Sources": {} }""", "Sluice is missing")]
    [InlineData("""{ "Sluice": { "Sources": """, "is not valid JSON")]
    [InlineData("""[1, 2]""", "is not valid JSON")]
    [InlineData("", "is not valid JSON")]
    public async Task One_fault_is_one_line(string configuration, string said)
    {
        using var folder = new WorkFolder(Log);
        File.WriteAllText(folder.Config, configuration);
        foreach (var command in (string[][])[["up", "--urls", "http://127.0.0.1:0"], ["config", "check"]])
        {
            var ended = await folder.RunAsync(command);
            Assert.Equal(1, ended.ExitCode);
            var line = Assert.Single(ended.ErrorLines);
            Assert.StartsWith("sluice: ", line, StringComparison.Ordinal);
            Assert.Contains(said, line, StringComparison.Ordinal);
            Assert.Empty(ended.Answer);
        }

        Assert.False(File.Exists(folder.Database));
    }

    [Fact]
    public async Task Several_faults_are_a_line_each()
    {
        using var folder = new WorkFolder(Log);
        File.WriteAllText(folder.Config, """
            { "Sluice": {
                "Workers": -1,
                "Sources": { "stripe": { "Provider": "stripe", "Secrets": [""] }, "Big": { "Provider": "github", "Secrets": ["secret-secret"] } },
                "Destinations": { "one": { "Handler": "http", "Url": "ftp://x" }, "two": { "Handler": "log", "Timeout": "soon" } } } }
            """);
        var ended = await folder.RunAsync("up", "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, ended.ExitCode);
        Assert.All(ended.ErrorLines, line => Assert.StartsWith("sluice: Sluice:", line, StringComparison.Ordinal));
        foreach (var entry in (string[])["Sluice:Workers", "Sluice:Sources:stripe:Secrets:0", "Sluice:Sources:Big", "Sluice:Destinations:one:Url", "Sluice:Destinations:two:Timeout"])
            Assert.Contains(ended.ErrorLines, line => line.Contains(entry, StringComparison.Ordinal));

        var check = await folder.RunAsync("config", "check");
        Assert.Equal(1, check.ExitCode);
        Assert.Equal(ended.ErrorLines, check.ErrorLines);
    }

    [Fact]
    public async Task No_refusal_shows_a_secret()
    {
        using var folder = new WorkFolder(Log);
        File.WriteAllText(folder.Config, """
            { "Sluice": { "Sources": { "sender": { "Provider": "standard-webhooks", "Secrets": ["whsec_canary-no-base64!"] }, "stripe": { "Provider": "stripe", "Secrets": "whsec_canary" } } } }
            """);
        var ended = await folder.RunAsync("up", "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, ended.ExitCode);
        Assert.DoesNotContain("canary", ended.Error + ended.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_good_configuration_is_called_fine()
    {
        using var folder = new WorkFolder(Log);
        Assert.Contains("is fine: 1 source, 1 destination.", (await folder.RunAsync("config", "check")).Success, StringComparison.Ordinal);
        Assert.Equal("[]", (await folder.RunAsync("config", "check", "--json")).Success.Trim());
        Assert.False(Directory.Exists(folder.Data));
    }
}
