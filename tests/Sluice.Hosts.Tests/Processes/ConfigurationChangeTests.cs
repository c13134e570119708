using System.Net;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>The configuration changes while Sluice runs.</summary>
public sealed class ConfigurationChangeTests
{
    private const string Log = """ "log": { "Handler": "log" } """;

    [Theory]
    [InlineData("")]
    [InlineData("{ \"Sluice\": { \"Sources\": ")]
    [InlineData("{ \"Sluice\": { \"Sources\": { \"stripe\": { \"Provider\": \"stripe\", \"Secrets\": [\"\"] } } } }")]
    public async Task A_broken_file_changes_nothing_and_the_mended_one_is_taken_up(string broken)
    {
        using var folder = new WorkFolder(Log);
        await using var sluice = await RunningSluice.StartAsync(folder);
        File.WriteAllText(folder.Config, broken);
        await Eventually.TrueAsync(() => sluice.Errors.Contains("is not taken up", StringComparison.Ordinal), TimeSpan.FromSeconds(15), () => sluice.Errors);
        using var sender = new StripeSender(sluice.Url);
        Assert.True((await sender.SendAsync("evt_1")).IsAcknowledged);

        File.WriteAllText(folder.Config, """{ "Sluice": { "Sources": { "stripe": { "Provider": "stripe", "Secrets": ["whsec_other"] } } } }""");
        using var other = new StripeSender(sluice.Url, "whsec_other");
        await Eventually.TrueAsync(async () => (await other.SendAsync("evt_2")).IsAcknowledged, TimeSpan.FromSeconds(15), () => sluice.Errors);
        Assert.Equal(HttpStatusCode.Unauthorized, (await sender.SendAsync("evt_3")).Status);
    }
}
