namespace Sluice.Hosts.Tests.Processes;

/// <summary>A destination accepts and never answers.</summary>
[Collection(SlowCollection.Name)]
public sealed class HangingDestinationTests(ITestOutputHelper output)
{
    private const int Events = 2000;

    [Fact]
    public async Task A_destination_that_hangs_costs_bounded_memory()
    {
        await using var hanging = await LoopbackDestination.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var folder = new WorkFolder(workers: 64, WorkFolder.Http("hanging", hanging.Url));
        await using var sluice = await RunningSluice.StartAsync(folder);
        await SendAsync(sluice, 0, Events / 4);
        var early = sluice.ResidentBytes;
        await SendAsync(sluice, Events / 4, Events * 3 / 4);
        var late = sluice.ResidentBytes;
        output.WriteLine($"resident {early >> 20} MiB after {Events / 4} events, {late >> 20} MiB after {Events}; {hanging.Arrivals.Count} attempts under way");
        Assert.InRange(hanging.Arrivals.Count, 1, 64);
        Assert.InRange(late - early, long.MinValue, 48L << 20);
    }

    [Fact]
    public async Task A_destination_that_hangs_holds_up_no_other()
    {
        await using var hanging = await LoopbackDestination.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var healthy = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(workers: 64, WorkFolder.Http("hanging", hanging.Url), WorkFolder.Http("healthy", healthy.Url));
        await using var sluice = await RunningSluice.StartAsync(folder);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await SendAsync(sluice, 0, Events);
        var sent = clock.Elapsed;
        await Eventually.TrueAsync(() => healthy.Arrivals.Count >= Events, TimeSpan.FromSeconds(20), () => $"{healthy.Arrivals.Count} of {Events} delivered");
        output.WriteLine($"{Events} events sent within {sent}, delivered within {clock.Elapsed}; {hanging.Arrivals.Count} attempts hang");
        Assert.InRange(hanging.Arrivals.Count, 1, 33 * 2);
    }

    private static async Task SendAsync(RunningSluice sluice, int from, int count)
    {
        using var sender = new StripeSender(sluice.Url);
        await Parallel.ForEachAsync(Enumerable.Range(from, count), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
            Assert.True((await sender.SendAsync($"evt_{number}")).IsAcknowledged));
    }
}
