namespace Sluice.Delivery;

/// <summary>A handler that can deliver several events at once, for destinations with a <c>Batch</c>.</summary>
public interface IBatchHandler : IHandler
{
    /// <summary>Delivers all events of a batch or none: its outcome is that of each.</summary>
    /// <param name="cancellationToken">Cancelled when the destination's Timeout is over.</param>
    ValueTask<Outcome> HandleAsync(DeliveryBatch batch, CancellationToken cancellationToken);
}
