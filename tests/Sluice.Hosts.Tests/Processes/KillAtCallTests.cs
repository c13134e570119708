using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>kill -9 at one chosen sync or write, each in turn, from the first of a start to well into the load.</summary>
public sealed class KillAtCallTests(ITestOutputHelper output)
{
    private const int Webhooks = 40;

    // Calls are counted in each thread, and a start makes some in the main one: with an empty folder these are met, with one that
    // was used before the writer's own.
    [Theory]
    [InlineData("fsync", true, 1, 8, 1)]
    [InlineData("fsync", false, 3, 14, 1)]
    [InlineData("pwrite64", true, 1, 33, 8)]
    [InlineData("pwrite64", false, 2, 50, 6)]
    public async Task A_kill_at_any_call_leaves_every_acknowledged_event_and_no_half_one(string call, bool isFirstStart, int first, int last, int step)
    {
        Strace.SkipWhereMissing();
        await using var destination = await LoopbackDestination.StartAsync();
        var (inStart, inLoad, unreached) = (0, 0, 0);
        for (var when = first; when <= last; when += step)
        {
            using var folder = new WorkFolder(WorkFolder.Http("loopback", destination.Url));
            if (!isFirstStart) await UseOnceAsync(folder);
            var (acknowledged, killed) = await SendUntilKilledAsync(folder, Strace.Kill(call, when));
            if (!killed) unreached++;
            else if (acknowledged is null) inStart++;
            else inLoad++;
            await AssertRecoversAsync(folder, acknowledged ?? [], $"{call} {when}");
        }

        output.WriteLine($"{call}: killed {inStart} times in the start, {inLoad} times under load, {unreached} times the call was not reached");
        Assert.Equal(0, unreached);
        Assert.True((isFirstStart ? inStart : inLoad) > 0);
    }

    private static async Task UseOnceAsync(WorkFolder folder)
    {
        await using var sluice = await RunningSluice.StartAsync(folder);
        Assert.Equal(0, await sluice.TerminateAsync());
    }

    // Null when the program died before it was ready.
    private static async Task<(List<string>? Acknowledged, bool Killed)> SendUntilKilledAsync(WorkFolder folder, string[] strace)
    {
        try
        {
            await using var sluice = await RunningSluice.StartAsync(folder, strace);
            using var sender = new StripeSender(sluice.Url);
            var acknowledged = new List<string>();
            for (var i = 0; i < Webhooks; i++)
            {
                var sent = await sender.SendAsync($"evt_{i}");
                if (!sent.IsAcknowledged) break;
                acknowledged.Add(sent.Id);
            }

            var killed = acknowledged.Count < Webhooks || sluice.HasExited;
            if (killed) await sluice.ExitAsync(RealTime.Longest);
            else await sluice.KillAsync();
            return (acknowledged, killed);
        }
        catch (EndedEarlyException)
        {
            return (null, true);
        }
    }

    private static async Task AssertRecoversAsync(WorkFolder folder, List<string> acknowledged, string when)
    {
        await using var sluice = await RunningSluice.StartAsync(folder);
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        using var sender = new StripeSender(sluice.Url);
        Assert.True((await sender.SendAsync("evt_after")).IsAcknowledged, when);
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        Assert.Equal(0, await sluice.TerminateAsync());

        using var book = new BookFile(folder.Database);
        book.AssertSound();
        Assert.Empty(acknowledged.Append("evt_after").Except(book.Keys()));
        Assert.Equal(book.Count("SELECT count(*) FROM events"), book.Count("SELECT count(*) FROM deliveries WHERE status = 2"));
    }
}
