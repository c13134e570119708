using System.Text.Json.Nodes;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice providers</c>: needs no configuration and no running host.</summary>
public sealed class ProvidersCommandTests
{
    [Fact]
    public async Task Every_provider_is_a_line_with_proof_deadline_and_horizon()
    {
        using var folder = new WorkFolder();
        var said = (await SluiceProgram.RunAsync(folder.Path, "providers")).Success;
        foreach (var name in ProviderCatalog.Default.Names) Assert.Contains(said.Split('\n'), line => line.Contains($" {name} ", StringComparison.Ordinal));
        var slack = Assert.Single(said.Split('\n'), line => line.Contains(" slack ", StringComparison.Ordinal));
        foreach (var part in new[] { "Slack", "HMAC-SHA256", "3 s", "6 min" }) Assert.Contains(part, slack, StringComparison.Ordinal);
        Assert.Contains("never", Assert.Single(said.Split('\n'), line => line.Contains(" github ", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_one_array_with_sources_and_what_is_not_confirmed()
    {
        using var folder = new WorkFolder();
        var said = JsonNode.Parse((await SluiceProgram.RunAsync(folder.Path, "providers", "--json")).Success)!.AsArray();
        Assert.Equal(ProviderCatalog.Default.Names, said.Select(item => item!["name"]!.GetValue<string>()));
        Assert.All(said, item => Assert.False(string.IsNullOrEmpty(item!["source"]!.GetValue<string>())));
        Assert.All(said, item => Assert.NotNull(item!["unconfirmed"]!.AsArray()));
        var stripe = said.Single(item => item!["name"]!.GetValue<string>() == "stripe")!;
        Assert.Equal(("HMAC-SHA256", 259200.0), (stripe["proof"]!.GetValue<string>(), stripe["retryHorizonSeconds"]!.GetValue<double>()));
        Assert.Null(stripe["deadlineSeconds"]);
    }
}
