using System.Net;
using System.Net.Sockets;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>Starts that cannot be: each says why in one line, exits with 1 and leaves the data as they are.</summary>
public sealed class StartRefusalTests
{
    private const string Log = """ "log": { "Handler": "log" } """;

    [Theory]
    [InlineData("up --config nowhere.json", "nowhere.json")]
    [InlineData("up --sideways", "--sideways")]
    [InlineData("upp", "upp")]
    [InlineData("up --urls nonsense", "--urls nonsense")]
    [InlineData("up --urls https://127.0.0.1:7071", "--urls https://127.0.0.1:7071")]
    [InlineData("up --urls ;", "--urls")]
    [InlineData("up --urls http://127.0.0.1:99999", "--urls")]
    [InlineData("up --urls http://192.0.2.1:7071", "cannot listen on http://192.0.2.1:7071")]
    [InlineData("send", "PROVIDER")]
    [InlineData("send nobody", "'nobody' is no provider")]
    [InlineData("send stripe", "start sluice up")]
    [InlineData("send stripe --count 0", "--count 0")]
    [InlineData("send stripe --count many", "--count is 'many'; write a number")]
    [InlineData("send stripe --url nonsense", "--url nonsense")]
    [InlineData("send stripe --url http://127.0.0.1:1/", "127.0.0.1:1 cannot be reached")]
    [InlineData("send stripe --url http://127.0.0.1:1/ --body nowhere.json", "nowhere.json")]
    [InlineData("events", "nothing is kept in")]
    [InlineData("show 00000000000000000000000000000000", "nothing is kept in")]
    [InlineData("events --rejected", "nothing is kept in")]
    [InlineData("quarantine list", "nothing is kept in")]
    [InlineData("reconcile", "nothing is kept in")]
    [InlineData("show nonsense", "nonsense is no event id")]
    [InlineData("backup copy.db", "there is no")]
    [InlineData("replay", "name an id")]
    [InlineData("events --remote http://127.0.0.1:1", "--remote needs --token")]
    [InlineData("events --remote http://127.0.0.1:1 --token t", "the host cannot be reached")]
    [InlineData("events --remote nonsense --token t", "--remote nonsense")]
    public async Task What_cannot_be_done_is_said_in_one_line(string arguments, string said)
    {
        using var folder = new WorkFolder(Log);
        string[] words = arguments.Split(' ');
        var ended = await SluiceProgram.RunAsync(folder.Path, arguments.Contains("--config", StringComparison.Ordinal) ? words : [.. words, "--config", folder.Config, "--data", folder.Data]);
        AssertRefused(ended, said);
    }

    [Theory]
    [InlineData("test.json/data")]
    [InlineData("/proc/sluice")]
    public async Task A_data_folder_that_cannot_be_made_is_refused(string data)
    {
        using var folder = new WorkFolder(Log);
        folder.Data = Path.Combine(folder.Path, data);
        AssertRefused(await folder.RunAsync("up", "--urls", "http://127.0.0.1:0"), folder.Data);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var folder = new WorkFolder(Log);
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        AssertRefused(await folder.RunAsync("up", "--urls", $"http://{other.LocalEndpoint}"), $"http://{other.LocalEndpoint} is in use");
        Assert.False(File.Exists(Path.Combine(folder.Data, "host.json")));
    }

    [Fact]
    public async Task A_second_start_on_a_data_folder_is_refused_and_disturbs_nothing()
    {
        using var folder = new WorkFolder(Log);
        await using var sluice = await RunningSluice.StartAsync(folder);
        AssertRefused(await folder.RunAsync("up", "--urls", "http://127.0.0.1:0"), $"is in use by a Sluice at {sluice.Url} (process {sluice.ProcessId})");
        Assert.True(File.Exists(Path.Combine(folder.Data, "host.json")));
        using var sender = new StripeSender(sluice.Url);
        Assert.True((await sender.SendAsync("evt_1")).IsAcknowledged);
        Assert.Contains("evt", (await folder.RunAsync("show", EventId.Of("stripe", "evt_1").ToString(), "--json")).Success, StringComparison.Ordinal);
    }

    private static void AssertRefused(Ended ended, string said)
    {
        Assert.Equal(1, ended.ExitCode);
        var line = Assert.Single(ended.ErrorLines);
        Assert.StartsWith("sluice: ", line, StringComparison.Ordinal);
        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.Empty(ended.Answer);
    }
}
