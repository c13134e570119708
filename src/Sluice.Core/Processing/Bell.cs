using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Says which delivery to look at. Losing one delays, repeating one is harmless: the book decides.</summary>
/// <param name="Attempt">The attempt it asks for; the book answers a bell for any other with <see cref="ClaimResult.Stale"/>.</param>
public sealed record Bell(DeliveryId Delivery, int Attempt)
{
    /// <summary>In memory only: the claim that the delivery was born with, because a worker was free for it.</summary>
    public Claim? Claim { get; init; }

    /// <summary>The trace that rang it, in W3C form.</summary>
    public string? TraceParent { get; init; }
}
