using Sluice.Events;

namespace Sluice.Processing;

/// <summary>
/// A queue that can hold a whole event while the store is away. It was verified before it was handed over and is booked where it
/// arrives; a message that carries one is no bell and is never completed before it is booked.
/// </summary>
public interface IEnvelopeCarrier
{
    /// <summary>Returns when the queue has accepted it durably.</summary>
    /// <exception cref="QueueUnavailableException">It was not accepted, or nobody knows, or it does not fit.</exception>
    ValueTask CarryAsync(WebhookEvent webhook, CancellationToken cancellationToken);
}
