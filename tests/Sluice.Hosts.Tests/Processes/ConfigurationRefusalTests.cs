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

    [Fact]
    public async Task A_check_says_when_events_are_kept_for_longer_than_is_asked_for_and_who_learns_a_secret()
    {
        using var folder = new WorkFolder(Log);
        File.WriteAllText(folder.Config, """{ "Sluice": { "Retention": "2.00:00:00", "Sources": { "shop": { "Provider": "stripe", "Secrets": ["whsec_test"] }, "tasks": { "Provider": "asana" } } } }""");
        var said = (await folder.RunAsync("config", "check")).Success;

        Assert.Contains("Events are kept for 4 days, longer than Retention says: Stripe (shop) may send one again for 3.", said, StringComparison.Ordinal);
        Assert.Contains("tasks has no secret and learns its sender's from the first handshake.", said, StringComparison.Ordinal);
        File.WriteAllText(folder.Config, """{ "Sluice": { "Retention": "4.00:00:00", "Sources": { "shop": { "Provider": "stripe", "Secrets": ["whsec_test"] } } } }""");
        Assert.DoesNotContain("Events are kept", (await folder.RunAsync("config", "check")).Success, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_destination_whose_secrets_are_all_out_of_date_is_named()
    {
        using var folder = new WorkFolder();
        const string secret = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        const string past = $$"""{ "Value": "{{secret}}", "NotAfter": "2020-01-01T00:00:00Z" }""";
        folder.Configure(16, $$""" "billing": { "Handler": "http", "Url": "https://a.example", "SignSecrets": [{{past}}, {{past}}] } """);
        var ended = await folder.RunAsync("config", "check");
        Assert.Equal((1, "sluice: Sluice:Destinations:billing:SignSecrets has none that is valid now, and nothing is sent unsigned; add one, or look at NotBefore and NotAfter"), (ended.ExitCode, Assert.Single(ended.ErrorLines)));

        folder.Configure(16, $$""" "billing": { "Handler": "http", "Url": "https://a.example", "SignSecrets": [{{past}}, "{{secret}}"] } """);
        Assert.Contains("is fine", (await folder.RunAsync("config", "check")).Success, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_has_no_secret_is_told_so_when_it_is_to_send()
    {
        using var folder = new WorkFolder(Log);
        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "tasks": { "Provider": "asana" } } } }""");
        var ended = await folder.RunAsync("send", "asana", "--source", "tasks", "--url", "http://127.0.0.1:9/api/webhooks/tasks");

        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("there is no secret for tasks in", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }
}
