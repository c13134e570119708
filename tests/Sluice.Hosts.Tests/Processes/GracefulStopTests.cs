using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>SIGTERM under load.</summary>
[Collection(SlowCollection.Name)]
public sealed class GracefulStopTests(ITestOutputHelper output)
{
    private const int Lanes = 16;

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_request_is_answered_or_refused_at_connect_and_nothing_acknowledged_is_lost(bool keepsConnections)
    {
        await using var destination = await LoopbackDestination.StartAsync(_ => Task.Delay(20));
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        var answers = new ConcurrentQueue<Sent>();
        var stopped = new TimeSpan();
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            using var sender = new StripeSender(sluice.Url, keepsConnections: keepsConnections);
            var load = Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => SendUntilGoneAsync(sender, lane, answers)));
            await Eventually.TrueAsync(() => answers.Count >= 1000, RealTime.Longest, () => sluice.Errors);
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await sluice.TerminateAsync());
            stopped = clock.Elapsed;
            await load;
            Assert.False(File.Exists(Path.Combine(folder.Data, "host.json")));
        }

        output.WriteLine($"stopped in {stopped.TotalMilliseconds:0} ms; {string.Join(", ", answers.CountBy(sent => sent.Status?.ToString() ?? (sent.WasRefused ? "refused" : "broken")))}");
        Assert.InRange(stopped, TimeSpan.Zero, StopLimit);
        // A connection that is new and whose request is not read yet when the stop comes is closed: its sender sees no answer and sends again.
        // On a connection that has served before, a client knows that the request was not begun.
        var broken = answers.Where(sent => !sent.WasRefused && sent.Status is not (HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable)).ToList();
        Assert.True(broken.Count <= (keepsConnections ? 0 : Lanes), broken.FirstOrDefault()?.Text);

        using var book = new BookFile(folder.Database);
        book.AssertSound();
        Assert.Empty(answers.Where(sent => sent.IsAcknowledged).Select(sent => sent.Id).Except(book.Keys()));
        Assert.Equal(0, book.Count("SELECT count(*) FROM deliveries WHERE start > 0 AND due IS NOT NULL"));
        Assert.All(destination.Arrivals.CountBy(arrival => arrival.Delivery), delivery => Assert.Equal(1, delivery.Value));
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_the_stop_for_half_a_minute_at_most_and_its_attempt_is_unknown()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var destination = await LoopbackDestination.StartAsync(_ => gate.Task);
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url, """ "Timeout": "00:02:00", """));
        await using (var sluice = await RunningSluice.StartAsync(folder))
        {
            using var sender = new StripeSender(sluice.Url);
            Assert.True((await sender.SendAsync("evt_1")).IsAcknowledged);
            await Eventually.TrueAsync(() => destination.Arrivals.Count == 1, RealTime.Longest, () => sluice.Errors);
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, await sluice.TerminateAsync());
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, StopLimit);
            output.WriteLine($"stopped in {clock.Elapsed.TotalSeconds:0.0} s");
        }

        gate.SetResult();
        await using var next = await RunningSluice.StartAsync(folder);
        await Eventually.DrainedAsync(next, RealTime.Longest);
        Assert.Equal(0, await next.TerminateAsync());
        using var book = new BookFile(folder.Database);
        Assert.Equal(["1|3", "2|0"], book.Rows("SELECT number, outcome FROM attempts ORDER BY number"));
        Assert.Equal([1, 2], destination.Arrivals.Select(arrival => arrival.Attempt));
    }

    private static async Task SendUntilGoneAsync(StripeSender sender, int lane, ConcurrentQueue<Sent> answers)
    {
        for (var i = 0; ; i++)
        {
            var sent = await sender.SendAsync($"evt_{lane}_{i}");
            answers.Enqueue(sent);
            if (sent.Status is null) return;
        }
    }
}
