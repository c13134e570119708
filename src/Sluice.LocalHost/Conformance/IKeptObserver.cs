namespace Sluice.LocalHost.Conformance;

/// <summary>Looks at what a receiver has kept.</summary>
internal interface IKeptObserver
{
    /// <summary>What there is of these events now, in their order.</summary>
    Task<IReadOnlyList<Observed>> LookAsync(IReadOnlyList<PlayedEvent> events, CancellationToken cancellationToken);
}

/// <summary>What a receiver has of one event.</summary>
/// <param name="Kept">How often it was kept; of a batch, how many items.</param>
/// <param name="IsReceived">Whether it is kept, be it in a batch that is not taken apart yet.</param>
/// <param name="IsDelivered">Whether all its deliveries are made; null where nobody knows.</param>
/// <param name="IsAtAnEnd">Whether nothing more will become of it.</param>
internal readonly record struct Observed(int Kept, bool IsReceived, bool? IsDelivered, bool IsAtAnEnd);
