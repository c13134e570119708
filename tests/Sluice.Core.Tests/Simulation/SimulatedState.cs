using Sluice.Delivery.Pacing;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>One process's way to the documents that all share, over the same network as the book.</summary>
internal sealed class SimulatedState(World world, SimulatedProcess process) : ISharedState
{
    private readonly SimulatedNetwork network = new(world, process);

    public TimeSpan Freshness { get; } = TimeSpan.FromSeconds(5);

    public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken) =>
        network.CallAsync("list documents", () => world.State.ListAsync(kind, default).AtOnce(), cancellationToken);

    public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken) =>
        network.CallAsync("find document", () => world.State.FindAsync(kind, name, default).AtOnce(), cancellationToken);

    public ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken) =>
        network.CallAsync("write document", () =>
        {
            var written = world.State.WriteAsync(document, default).AtOnce();
            if (written is not null && document.Kind == Breaker.Kind && document.Json.Contains("until", StringComparison.Ordinal)) world.Faults.Count(Fault.BreakerOpened);
            return written;
        }, cancellationToken);

    public ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken) =>
        network.CallAsync("remove document", () => world.State.RemoveAsync(document, default).AtOnce(), cancellationToken);
}
