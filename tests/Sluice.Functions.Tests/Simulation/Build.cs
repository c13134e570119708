using Azure.Data.Tables;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What a run is built from: the apps as they are, or with one promise broken that the simulation has to miss.</summary>
internal sealed record Build(string Name)
{
    public static Build Whole { get; } = new("the apps as they are");

    /// <summary>Puts something between a process and its tables.</summary>
    public Func<SimulatedProcess, ITableWire> Wire { get; init; } = static _ => PlainWire.Instance;

    public bool Ticks { get; init; } = true;

    /// <summary>The host settles an event's message before the function has booked it.</summary>
    public bool CompletesFirst { get; init; }
}

/// <summary>What is between a process's store and its tables.</summary>
internal interface ITableWire
{
    TableClient Connect(TableClient table);
}

internal sealed class PlainWire : ITableWire
{
    public static PlainWire Instance { get; } = new();

    public TableClient Connect(TableClient table) => table;
}
