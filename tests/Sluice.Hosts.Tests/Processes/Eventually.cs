using System.Diagnostics;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>A bounded wait for something that becomes true by itself.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> what)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
        {
            if (clock.Elapsed > within) Assert.Fail($"not within {within}: {what()}");
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan within, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), within, what);

    /// <summary>Waits until no delivery of a running Sluice is Pending or Retrying.</summary>
    public static async Task DrainedAsync(RunningSluice sluice, TimeSpan within)
    {
        var stats = "";
        await TrueAsync(async () =>
        {
            var now = await sluice.AskAsync("stats");
            stats = now.ToJsonString();
            return now["pending"]!.GetValue<long>() + now["retrying"]!.GetValue<long>() == 0;
        }, within, () => $"{stats}\n{sluice.Errors}");
    }
}
