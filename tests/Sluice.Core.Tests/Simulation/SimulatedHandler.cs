using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Simulation;

/// <summary>A handler that does whatever handlers do: deliver, fail, throw, be slow, hang, and not listen when told to stop.</summary>
internal sealed class SimulatedHandler(World world, SimulatedProcess process) : IBatchHandler
{
    public const string HandlerName = "simulated";

    public string Name => HandlerName;

    public ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken) => HandleAsync([new(webhook, context)], cancellationToken);

    public ValueTask<Outcome> HandleAsync(DeliveryBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Deliveries.Count > 1) world.Faults.Count(Fault.SentTogether);
        return HandleAsync(batch.Deliveries, cancellationToken);
    }

    private async ValueTask<Outcome> HandleAsync(IReadOnlyList<BatchedDelivery> deliveries, CancellationToken cancellationToken)
    {
        var timeout = deliveries[0].Context.Destination.Timeout;
        foreach (var (webhook, context) in deliveries)
        {
            world.Ledger.HandlerStarted(webhook, context);
            process.Running.Add((context.Delivery, context.Attempt));
        }

        try
        {
            await Task.Yield();
            if (world.Faults.Strikes(Fault.HandlerDeaf)) await world.DelayAsync(timeout.TotalSeconds, 300);
            if (world.Faults.Strikes(Fault.HandlerHang)) await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellationToken);
            if (world.Faults.Strikes(Fault.HandlerSlow)) await Task.Delay(timeout * world.Random.NextDouble(), world.Time, cancellationToken);
            if (world.Faults.Strikes(Fault.HandlerException)) throw new InvalidOperationException("the handler has a bug");
            var outcome = Decide();
            foreach (var (_, context) in deliveries) world.Ledger.HandlerEnded(context.Delivery, context.Attempt, outcome.Kind);
            return outcome;
        }
        finally
        {
            foreach (var (_, context) in deliveries) process.Running.Remove((context.Delivery, context.Attempt));
        }
    }

    private Outcome Decide()
    {
        if (world.Faults.Strikes(Fault.HandlerDeadLetter)) return Outcome.DeadLetter("410 Gone");
        if (world.Faults.Strikes(Fault.HandlerRetryAfter)) return Outcome.Retry("429 Too Many Requests", TimeSpan.FromSeconds(world.Random.Next(1, 1200)));
        return world.Faults.Strikes(Fault.HandlerRetry) ? Outcome.Retry("500 Internal Server Error") : Outcome.Done;
    }
}
