using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>An fsync that fails once: nothing is acknowledged after it, and the process ends by itself and says why.</summary>
public sealed class FailedSyncTests
{
    private const int Webhooks = 40;

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(13)]
    [InlineData(20)]
    public async Task After_a_failed_fsync_nothing_is_acknowledged_and_the_process_ends_with_one_line(int when)
    {
        Strace.SkipWhereMissing();
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        var answers = new List<Sent>();
        await using (var sluice = await RunningSluice.StartAsync(folder, Strace.Fail("fsync", when)))
        {
            using var sender = new StripeSender(sluice.Url);
            for (var i = 0; i < Webhooks; i++) answers.Add(await sender.SendAsync($"evt_{i}"));
            Assert.Equal(1, await sluice.ExitAsync(RealTime.Longest));
            var said = Assert.Single(sluice.Errors.Split('\n'), line => line.StartsWith("sluice:", StringComparison.Ordinal));
            Assert.Contains("fsync failed", said, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", sluice.Errors, StringComparison.Ordinal);
        }

        AssertStopsAt(answers);
        await AssertKeepsAsync(folder, [.. answers.Where(sent => sent.IsAcknowledged).Select(sent => sent.Id)]);
    }

    // The second and the sixth sync a folder; SQLite goes on when such a one fails.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_failed_fsync_in_the_start_is_one_line_and_the_next_start_is_clean(int when)
    {
        Strace.SkipWhereMissing();
        await using var destination = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
        var ended = await SluiceProgram.RunAsync(SluiceProgram.Command(
            folder.Path, ["up", "--config", folder.Config, "--data", folder.Data, "--urls", "http://127.0.0.1:0"], Strace.Fail("fsync", when)));
        Assert.Equal(1, ended.ExitCode);
        Assert.StartsWith("sluice: ", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        await AssertKeepsAsync(folder, []);
    }

    // Acknowledged, acknowledged, ..., then 503 with Retry-After or nobody there, and never an acknowledgement again.
    private static void AssertStopsAt(List<Sent> answers)
    {
        var first = answers.FindIndex(sent => !sent.IsAcknowledged);
        Assert.NotEqual(-1, first);
        Assert.All(answers[first..], sent => Assert.False(sent.IsAcknowledged));
        Assert.All(answers[first..].Where(sent => sent.Status is not null), sent =>
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, sent.Status);
            Assert.NotNull(sent.RetryAfter);
        });
    }

    private static async Task AssertKeepsAsync(WorkFolder folder, string[] acknowledged)
    {
        await using var sluice = await RunningSluice.StartAsync(folder);
        using var sender = new StripeSender(sluice.Url);
        Assert.True((await sender.SendAsync("evt_after")).IsAcknowledged);
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        Assert.Equal(0, await sluice.TerminateAsync());
        using var book = new BookFile(folder.Database);
        book.AssertSound();
        Assert.Empty(acknowledged.Append("evt_after").Except(book.Keys()));
    }
}
