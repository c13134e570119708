using Microsoft.Azure.Functions.Worker;
using Sluice.Reconciliation;

namespace RetryFunction;

/// <summary>The timer for gaps, apart from the sweep: the senders' APIs take their time, and what is due must not wait for them.</summary>
public sealed class CompareFunction(ReconcileRound round)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(3);

    [Function("Compare")]
    public Task RunAsync([TimerTrigger("%RetrySchedule%")] TimerInfo timer, CancellationToken cancellationToken) => round.RunAsync(AtMost, cancellationToken);
}
