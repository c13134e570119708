using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Core.Tests.Simulation;

/// <summary>A handler that does whatever handlers do: deliver, fail, throw, be slow, hang, and not listen when told to stop.</summary>
internal sealed class SimulatedHandler(World world, SimulatedProcess process) : IHandler
{
    public const string HandlerName = "simulated";

    public string Name => HandlerName;

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        var (id, attempt) = (context.Delivery, context.Attempt);
        world.Ledger.HandlerStarted(webhook, context);
        process.Running.Add((id, attempt));
        try
        {
            await Task.Yield();
            if (world.Faults.Strikes(Fault.HandlerDeaf)) await world.DelayAsync(context.Destination.Timeout.TotalSeconds, 300);
            if (world.Faults.Strikes(Fault.HandlerHang)) await Task.Delay(Timeout.InfiniteTimeSpan, world.Time, cancellationToken);
            if (world.Faults.Strikes(Fault.HandlerSlow)) await Task.Delay(context.Destination.Timeout * world.Random.NextDouble(), world.Time, cancellationToken);
            if (world.Faults.Strikes(Fault.HandlerException)) throw new InvalidOperationException("the handler has a bug");
            var outcome = Decide();
            world.Ledger.HandlerEnded(id, attempt, outcome.Kind);
            return outcome;
        }
        finally
        {
            process.Running.Remove((id, attempt));
        }
    }

    private Outcome Decide()
    {
        if (world.Faults.Strikes(Fault.HandlerDeadLetter)) return Outcome.DeadLetter("410 Gone");
        if (world.Faults.Strikes(Fault.HandlerRetryAfter)) return Outcome.Retry("429 Too Many Requests", TimeSpan.FromSeconds(world.Random.Next(1, 1200)));
        return world.Faults.Strikes(Fault.HandlerRetry) ? Outcome.Retry("500 Internal Server Error") : Outcome.Done;
    }
}
