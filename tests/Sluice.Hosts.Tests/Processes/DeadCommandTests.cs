using System.Text.Json.Nodes;

namespace Sluice.Hosts.Tests.Processes;

/// <summary><c>sluice dead</c> and <c>sluice replay</c>, beside a running host and without one.</summary>
public sealed class DeadCommandTests : IAsyncLifetime
{
    private readonly TaskCompletionSource mended = new();
    private LoopbackDestination destination = null!;
    private WorkFolder folder = null!;

    public async ValueTask InitializeAsync()
    {
        destination = await LoopbackDestination.StartAsync(context =>
        {
            context.Response.StatusCode = mended.Task.IsCompleted ? 200 : 400;
            return Task.CompletedTask;
        });
        folder = new WorkFolder(WorkFolder.Strict("loopback", destination.Url));
    }

    public async ValueTask DisposeAsync()
    {
        await destination.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dead_letters_are_listed_replayed_and_purged(bool isRunning)
    {
        await using var sluice = await StartWithDeadAsync(3, isRunning);
        Assert.Equal(3, (await DeadAsync()).Count);
        Assert.Contains("answered 400", (await folder.RunAsync("dead", "list")).Success, StringComparison.Ordinal);

        var one = (await DeadAsync())[0]!["id"]!.GetValue<string>();
        Assert.Equal("1 dead letter purged.", (await folder.RunAsync("dead", "purge", one)).Success.Trim());
        Assert.Equal(2, (await DeadAsync()).Count);

        var unasked = await folder.RunAsync("dead", "purge");
        Assert.Equal(1, unasked.ExitCode);
        Assert.Contains("--yes", Assert.Single(unasked.ErrorLines), StringComparison.Ordinal);

        mended.SetResult();
        Assert.Equal(2, JsonNode.Parse((await folder.RunAsync("dead", "replay", "--yes", "--json")).Success)!["done"]!.GetValue<int>());
        Assert.Empty(await DeadAsync());
        Assert.Equal("No dead letters.", (await folder.RunAsync("dead", "replay", "--yes")).Success.Trim());
        await AssertEndsAsync(sluice, delivered: 2, skipped: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Events_are_replayed_by_id_and_by_filter(bool isRunning)
    {
        await using var sluice = await StartWithDeadAsync(3, isRunning);
        mended.SetResult();
        var id = EventId.Of("stripe", "evt_0").ToString();
        Assert.Equal("1 delivery replayed.", (await folder.RunAsync("replay", id)).Success.Trim());
        Assert.Equal("2 deliveries replayed.", (await folder.RunAsync("replay", "--status", "DeadLettered", "--yes")).Success.Trim());
        await AssertEndsAsync(sluice, delivered: 3, skipped: 0);

        var nobody = await folder.RunAsync("replay", new string('0', 32));
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("or it was let go", Assert.Single(nobody.ErrorLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_there_is_a_line_and_exit_code_one(bool isRunning)
    {
        await using var sluice = await StartWithDeadAsync(1, isRunning);
        var (known, nobody) = (EventId.Of("stripe", "evt_0").ToString(), new string('0', 32));
        foreach (var command in new[] { "list", "replay" })
        {
            await FailsAsync($"there is no event {nobody}, or it was let go", "dead", command, nobody);
            await FailsAsync($"event {known} has no delivery to elsewhere; sluice show {known} shows those it has", "dead", command, $"{known}/elsewhere");
        }

        await FailsAsync("no source is called nosuch; there is stripe", "dead", "list", "--source", "nosuch");
        await FailsAsync("no source is called nosuch; there is stripe", "dead", "purge", "--source", "nosuch", "--yes");
        Assert.Equal("No dead letters.", (await folder.RunAsync("dead", "list", "--source", "stripe", "--type", "none.*")).Success.Trim());
    }

    private async Task FailsAsync(string error, params string[] command)
    {
        var ended = await folder.RunAsync(command);
        Assert.Equal((1, ""), (ended.ExitCode, ended.Answer));
        Assert.Equal($"sluice: {error}", Assert.Single(ended.ErrorLines));
    }

    private async Task<JsonArray> DeadAsync() => JsonNode.Parse((await folder.RunAsync("dead", "list", "--json")).Success)!.AsArray();

    // Null when the host is to be down.
    private async Task<RunningSluice?> StartWithDeadAsync(int count, bool isRunning)
    {
        var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        for (var i = 0; i < count; i++) Assert.True((await sender.SendAsync($"evt_{i}")).IsAcknowledged);
        await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(10));
        if (isRunning) return sluice;
        Assert.Equal(0, await sluice.TerminateAsync());
        await sluice.DisposeAsync();
        return null;
    }

    // What was replayed without a host is delivered by the next.
    private async Task AssertEndsAsync(RunningSluice? running, int delivered, int skipped)
    {
        var sluice = running ?? await RunningSluice.StartAsync(folder);
        await Eventually.DrainedAsync(sluice, TimeSpan.FromSeconds(10));
        var stats = await sluice.AskAsync("stats");
        Assert.Equal((delivered, skipped, 0), (stats["delivered"]!.GetValue<int>(), stats["skipped"]!.GetValue<int>(), stats["deadLettered"]!.GetValue<int>()));
        if (running is null) await sluice.DisposeAsync();
    }
}
