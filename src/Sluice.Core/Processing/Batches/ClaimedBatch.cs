using Sluice.Delivery.Pacing;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Claimed deliveries that go together.</summary>
/// <param name="Permit">What their destination was admitted with.</param>
internal readonly record struct ClaimedBatch(IReadOnlyList<Claim> Claims, Permit? Permit)
{
    public static ClaimedBatch None { get; } = new([], null);
}
