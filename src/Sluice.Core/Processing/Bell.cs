using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Says which delivery to look at. Losing one delays, repeating one is harmless: the book decides.</summary>
/// <param name="Attempt">
/// The attempt it is about: the next one of a delivery that waits, the one under way of a delivery that is claimed. The book answers a
/// bell about any other with <see cref="ClaimResult.Stale"/>, so that a look at a lease never begins the retry that its holder put off.
/// </param>
public sealed record Bell(DeliveryId Delivery, int Attempt)
{
    /// <summary>In memory only: the claim that the delivery was born with, because a worker was free for it.</summary>
    public Claim? Claim { get; init; }

    /// <summary>
    /// In memory only: the moment at which it is rung again although it was heard shortly before, because its delivery had to wait. A queue that
    /// drops repeated messages must not take it for one.
    /// </summary>
    public DateTimeOffset? AgainAt { get; init; }

    /// <summary>The trace that rang it, in W3C form.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What people want to read of it where a queue shows its messages; nothing is decided by it.</summary>
    public BellLabel? Label { get; init; }
}

/// <summary>What a bell is about, for people.</summary>
/// <param name="LastStatus">How the attempt before ended; null for a first.</param>
public sealed record BellLabel(string Source, string Type, string? LastStatus = null);
