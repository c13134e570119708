using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice quarantine</c> and <c>sluice events --rejected</c>, beside a running host and without one.</summary>
public sealed class QuarantineCommandTests : IDisposable
{
    private readonly WorkFolder folder = new();

    public QuarantineCommandTests() => Configure("whsec_of_another_endpoint");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refused_requests_are_listed_shown_verified_released_and_purged(bool isRunning)
    {
        await using var sluice = await StartWithRefusedAsync(isRunning);
        Assert.Contains("Mismatch", (await folder.RunAsync("events", "--rejected", "--source", "stripe")).Success, StringComparison.Ordinal);
        Assert.Equal(4, JsonOf(await folder.RunAsync("events", "--rejected", "--json")).Count);
        foreach (var command in new[] { "events --rejected", "quarantine list", "quarantine verify", "quarantine release --yes", "quarantine purge --yes" }) await FailsAsync("no source is called nobody; there is stripe", [.. command.Split(' '), "--source", "nobody"]);

        var kept = JsonOf(await folder.RunAsync("quarantine", "list", "--json"));
        Assert.Equal(4, kept.Count);
        var id = kept[0]!["id"]!.GetValue<string>();
        Assert.Contains(id, (await folder.RunAsync("quarantine", "list")).Success, StringComparison.Ordinal);
        var shown = (await folder.RunAsync("quarantine", "show", id)).Success;
        Assert.Contains("\"id\":\"evt_3\"", shown, StringComparison.Ordinal);
        Assert.Contains("Stripe-Signature", shown, StringComparison.Ordinal);
        foreach (var command in new[] { "verify", "release --yes", $"verify {id}", $"release {id}" })
        {
            var refused = await folder.RunAsync(["quarantine", .. command.Split(' ')]);
            Assert.Equal((1, ""), (refused.ExitCode, refused.Error));
            Assert.Contains($"{(command.Contains(id, StringComparison.Ordinal) ? 1 : 4)} refused again.", refused.Answer, StringComparison.Ordinal);
        }

        Assert.Equal("1 refused request purged.", (await folder.RunAsync("quarantine", "purge", id)).Success.Trim());

        await MendAsync(isRunning);
        Assert.Contains("3 can be released.", (await folder.RunAsync("quarantine", "verify", "--source", "stripe")).Success, StringComparison.Ordinal);
        var unasked = await folder.RunAsync("quarantine", "release");
        Assert.Equal(1, unasked.ExitCode);
        Assert.Contains("--yes", Assert.Single(unasked.ErrorLines), StringComparison.Ordinal);
        var one = kept[1]!["id"]!.GetValue<string>();
        Assert.Equal("Released", Assert.Single(JsonOf(await folder.RunAsync("quarantine", "release", one, "--json")))!["result"]!.GetValue<string>());
        Assert.Contains("2 released.", (await folder.RunAsync("quarantine", "release", "--yes")).Success, StringComparison.Ordinal);

        Assert.Equal("Nothing is in quarantine.", (await folder.RunAsync("quarantine", "list")).Success.Trim());
        Assert.Equal("Nothing is in quarantine.", (await folder.RunAsync("quarantine", "purge", "--yes")).Success.Trim());
        Assert.Equal(3, JsonOf(await folder.RunAsync("events", "--json")).Count);
    }

    [Fact]
    public async Task What_makes_no_sense_is_one_line_with_its_fix()
    {
        await using var sluice = await StartWithRefusedAsync(isRunning: true);
        await FailsAsync("is no id of a refused request; sluice quarantine list shows them", "quarantine", "show", "nothing");
        await FailsAsync("there is no refused request 00000000000000000000000000000000, or its bytes are not kept", "quarantine", "release", new string('0', 32));
        await FailsAsync("there is no refused request", "quarantine", "purge", new string('0', 32));
        await FailsAsync("refuses the ops token", "quarantine", "list", "--remote", sluice!.Url, "--token", "wrong");
        await FailsAsync("--limit 0 makes no sense", "quarantine", "list", "--limit", "0");
    }

    private static JsonArray JsonOf(Ended ended) => JsonNode.Parse(ended.Success)!.AsArray();

    private async Task FailsAsync(string error, params string[] command)
    {
        var ended = await folder.RunAsync(command);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains(error, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    private void Configure(string secret) => File.WriteAllText(folder.Config, $$"""{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["{{secret}}"], "Quarantine": true } } } }""");

    // Null when the host is to be down.
    private async Task<RunningSluice?> StartWithRefusedAsync(bool isRunning)
    {
        var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        for (var i = 0; i < 4; i++) Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await sender.SendAsync($"evt_{i}")).Status);
        if (isRunning) return sluice;
        Assert.Equal(0, await sluice.TerminateAsync());
        await sluice.DisposeAsync();
        return null;
    }

    // A running host takes the change up by itself within seconds; each look is a process of its own.
    private async Task MendAsync(bool isRunning)
    {
        Configure(WorkFolder.Secret);
        for (var looks = 0; isRunning && JsonNode.Parse((await folder.RunAsync("quarantine", "verify", "--json")).Answer)!.AsArray()[0]!["result"]!.GetValue<string>() != "Holds"; looks++) Assert.True(looks < 60, "the change is not taken up");
    }
}
