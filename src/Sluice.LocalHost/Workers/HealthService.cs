using Microsoft.Extensions.Hosting;
using Sluice.Destinations;

namespace Sluice.LocalHost.Workers;

/// <summary>Looks at destinations that fail when time alone makes it worse; with none there is nothing to read.</summary>
internal sealed class HealthService(HealthWatch health, TimeProvider time) : BackgroundService
{
    // One that begins to fail meanwhile is looked at in time: nothing is told before it has failed for longer.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Reads what the last process knew before anything is delivered.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await health.ReadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not at once: what waited while nothing ran is to be tried first.
        for (var pause = Longest; ;)
        {
            await Task.Delay(pause, time, stoppingToken);
            pause = await health.LookAsync(stoppingToken) - time.GetUtcNow() is { } ahead && ahead < Longest ? ahead : Longest;
            if (pause < Shortest) pause = Shortest;
        }
    }
}
