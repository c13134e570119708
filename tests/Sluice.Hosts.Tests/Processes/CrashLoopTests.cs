using Sluice.Contracts;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>An event whose every attempt ends the process.</summary>
public sealed class CrashLoopTests
{
    private const int Attempts = 4;

    [Fault("F15")]
    [Fact]
    public async Task An_event_that_ends_the_process_each_time_is_a_dead_letter_after_its_last_attempt_and_others_are_delivered()
    {
        var arrived = new SemaphoreSlim(0);
        await using var poisoned = await LoopbackDestination.StartAsync(async context =>
        {
            arrived.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        await using var well = await LoopbackDestination.StartAsync();
        using var folder = new WorkFolder(
            $$""" "poisoned": { "Handler": "http", "Url": "{{poisoned.Url}}", "Types": ["poison"], "Retry": { "MaxAttempts": {{Attempts}}, "BaseDelay": "00:00:00.2", "Factor": 1, "Jitter": 0 } } """,
            WorkFolder.Http("well", well.Url));
        for (var deaths = 0; deaths < Attempts; deaths++)
        {
            await using var dying = await RunningSluice.StartAsync(folder);
            using var sender = new StripeSender(dying.Url);
            if (deaths == 0) Assert.True((await sender.SendAsync("evt_poison", "poison")).IsAcknowledged);
            Assert.True(await arrived.WaitAsync(RealTime.Longest, TestContext.Current.CancellationToken), $"no attempt {deaths + 1}: {dying.Errors}");
            Assert.True((await sender.SendAsync($"evt_{deaths}")).IsAcknowledged);
            await dying.KillAsync();
        }

        await using var sluice = await RunningSluice.StartAsync(folder);
        await Eventually.DrainedAsync(sluice, RealTime.Longest);
        var dead = Assert.Single((await sluice.AskAsync("dead-letters"))["items"]!.AsArray())!;
        Assert.Equal(
            ("poisoned", $"the process ended during the attempt (attempt {Attempts} of {Attempts})", Attempts),
            (dead["destination"]!.GetValue<string>(), dead["reason"]!.GetValue<string>(), dead["attempts"]!.GetValue<int>()));
        Assert.Equal([1, 2, 3, 4], poisoned.Arrivals.Select(arrival => arrival.Attempt));
        // The poisonous event too: only its delivery to the other is dead.
        Assert.Equal(Attempts + 1, well.Arrivals.Select(arrival => arrival.Event).Distinct().Count());
    }
}
