using Microsoft.Azure.Functions.Worker;
using Sluice.AzureServices.Hosting;

namespace RetryFunction;

/// <summary>The timer. A tick that is missed or comes twice does no harm: each looks at what is due, not at when the last was.</summary>
public sealed class SweepFunction(TimerRound round)
{
    [Function("Sweep")]
    public Task RunAsync([TimerTrigger("%RetrySchedule%")] TimerInfo timer, CancellationToken cancellationToken) => round.RunAsync(cancellationToken);
}
