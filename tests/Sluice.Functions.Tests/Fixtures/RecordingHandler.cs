using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Functions.Tests.Fixtures;

/// <summary>The user's handler: remembers what it was given and says what it is told to say, Done when it is told nothing.</summary>
internal sealed class RecordingHandler : IBatchHandler
{
    public const string HandlerName = "recording";

    private readonly Lock gate = new();

    public string Name => HandlerName;

    public Queue<Outcome> Outcomes { get; } = [];

    public List<(WebhookEvent Event, DeliveryContext Context)> Calls { get; } = [];

    /// <summary>What it was given several at once.</summary>
    public List<DeliveryBatch> Batches { get; } = [];

    /// <summary>Runs while the handler is at work.</summary>
    public Func<CancellationToken, Task>? During { get; set; }

    /// <summary>What it says to a destination while no outcome is queued.</summary>
    public Func<string, Outcome> Says { get; set; } = static _ => Outcome.Done;

    public async ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken)
    {
        lock (gate) Calls.Add((webhook, context));
        return await DecideAsync(context.Destination, cancellationToken);
    }

    public async ValueTask<Outcome> HandleAsync(DeliveryBatch batch, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Batches.Add(batch);
            Calls.AddRange(batch.Deliveries.Select(delivery => (delivery.Event, delivery.Context)));
        }

        return await DecideAsync(batch.Destination, cancellationToken);
    }

    private async ValueTask<Outcome> DecideAsync(DestinationSettings destination, CancellationToken cancellationToken)
    {
        if (During is { } during) await during(cancellationToken);
        lock (gate) return Outcomes.TryDequeue(out var outcome) ? outcome : Says(destination.Name);
    }
}
