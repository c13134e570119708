using Microsoft.Extensions.Hosting;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Workers;

/// <summary>Compares the sources that say <c>Every</c> with their senders' logs, off the answering path.</summary>
internal sealed class ReconcileService(ReconcileRound round, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
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
