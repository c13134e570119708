using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>What a run is built from: the core as it is, or with one promise broken that the simulation has to miss.</summary>
internal sealed record Build(string Name)
{
    public static Build Whole { get; } = new("the core as it is");

    /// <summary>Puts something between the services and the book.</summary>
    public Func<SimulatedStore, World, IEventStore> Store { get; init; } = static (store, _) => store;

    public bool IsFenced { get; init; } = true;

    public bool IsOrdered { get; init; } = true;

    public bool Sweeps { get; init; } = true;
}
