using System.Diagnostics;
using System.Net;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A disk that fills while webhooks come in and attempts are under way, and later has room again.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private static readonly byte[] Padding = new byte[20_000];

    [Fact]
    public async Task A_full_disk_is_answered_503_and_recovers_by_itself_with_every_acknowledged_event()
    {
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        using var disk = SmallDisk.MountOrSkip(Path.Combine(folder.Path, "disk"), 32);
        folder.Data = Path.Combine(disk.Path, "data");
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        disk.Fill(leaveBytes: 1_000_000);

        var acknowledged = await SendUntilRefusedAsync(sender);
        Assert.NotEmpty(acknowledged);
        for (var i = 0; i < 20; i++) AssertRefused(await SendBigAsync(sender, $"evt_full_{i}"));
        disk.Fill(leaveBytes: 0);
        acknowledged.AddRange(await SendUntilNotReadyAsync(sluice, sender));
        Assert.False(sluice.HasExited);

        disk.MakeRoom();
        var clock = Stopwatch.StartNew();
        Sent? sent = null;
        await Eventually.TrueAsync(async () => (sent = await SendBigAsync(sender, "evt_room")).IsAcknowledged, RealTime.Longest, () => sluice.Errors);
        await Eventually.TrueAsync(async () => (await HealthAsync(sluice)).Status == HttpStatusCode.OK, RealTime.Longest, () => sluice.Errors);
        output.WriteLine($"{acknowledged.Count} acknowledged before the disk was full; acknowledged and ready again {clock.Elapsed.TotalMilliseconds:0} ms after there was room");
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        Assert.Equal(0, await sluice.TerminateAsync());

        using var book = new BookFile(folder.Database);
        book.AssertSound();
        Assert.Empty(acknowledged.Append("evt_room").Except(book.Keys()));
        Assert.Equal(book.Count("SELECT count(*) FROM events"), book.Count("SELECT count(*) FROM deliveries WHERE status = 2"));
    }

    [Fact]
    public async Task Outcomes_of_attempts_that_end_while_the_disk_is_full_are_written_down_when_there_is_room()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = await LoopbackDestination.StartAsync(_ => gate.Task);
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        using var disk = SmallDisk.MountOrSkip(Path.Combine(folder.Path, "disk"), 32);
        folder.Data = Path.Combine(disk.Path, "data");
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);

        const int underWay = 8;
        for (var i = 0; i < underWay; i++) Assert.True((await sender.SendAsync($"evt_{i}")).IsAcknowledged);
        await Eventually.TrueAsync(() => destination.Arrivals.Count == underWay, RealTime.Longest, () => sluice.Errors);
        disk.Fill(leaveBytes: 0);
        await SendUntilRefusedAsync(sender);
        gate.SetResult();
        await SendUntilNotReadyAsync(sluice, sender);

        disk.MakeRoom();
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        Assert.Equal(0, await sluice.TerminateAsync());
        using var book = new BookFile(folder.Database);
        book.AssertSound();
        Assert.Equal(book.Count("SELECT count(*) FROM deliveries"), book.Count("SELECT count(*) FROM attempts WHERE number = 1 AND outcome = 0 AND status_code = 200"));
        Assert.All(destination.Arrivals.CountBy(arrival => arrival.Delivery), delivery => Assert.Equal(1, delivery.Value));
    }

    private static async Task<List<string>> SendUntilRefusedAsync(StripeSender sender)
    {
        var acknowledged = new List<string>();
        while (true)
        {
            Assert.InRange(acknowledged.Count, 0, 2000);
            var sent = await SendBigAsync(sender, $"evt_big_{acknowledged.Count}");
            if (!sent.IsAcknowledged)
            {
                AssertRefused(sent);
                return acknowledged;
            }

            acknowledged.Add(sent.Id);
        }
    }

    private static Task<Sent> SendBigAsync(StripeSender sender, string id) =>
        sender.SendAsync(id, body: [.. System.Text.Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"invoice.paid","padding":"{{Convert.ToBase64String(Padding)}}"}""")]);

    private static void AssertRefused(Sent sent)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, sent.Status);
        Assert.NotNull(sent.RetryAfter);
    }

    // What a refused large webhook had begun to write stays allocated: small ones still fit into that, and readiness, looked at every 5 s, with them.
    private static async Task<List<string>> SendUntilNotReadyAsync(RunningSluice sluice, StripeSender sender)
    {
        var acknowledged = new List<string>();
        var health = (Status: HttpStatusCode.OK, Text: "");
        await Eventually.TrueAsync(async () =>
        {
            var sent = await sender.SendAsync($"evt_small_{acknowledged.Count}");
            if (sent.IsAcknowledged) acknowledged.Add(sent.Id);
            else AssertRefused(sent);
            health = await HealthAsync(sluice);
            return health.Status == HttpStatusCode.ServiceUnavailable;
        }, RealTime.Longest, () => health.Text);
        Assert.Contains("the disk is full", health.Text, StringComparison.Ordinal);
        return acknowledged;
    }

    private static async Task<(HttpStatusCode Status, string Text)> HealthAsync(RunningSluice sluice)
    {
        using var answer = await sluice.Ops.GetAsync("/api/health/ready");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
