using Microsoft.Extensions.Hosting;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Workers;

/// <summary>Compares the sources that say <c>Every</c> with their senders' logs, off the answering path.</summary>
internal sealed class ReconcileService(ReconcileRound round, TimeProvider time) : BackgroundService
{
    /// <summary>Less than the least <c>Every</c>, so that no source is a whole round late.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(50);

    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, stoppingToken);
            await round.RunAsync(AtMost, stoppingToken);
        }
    }
}
