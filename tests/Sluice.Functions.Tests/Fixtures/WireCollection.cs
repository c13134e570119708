namespace Sluice.Functions.Tests.Fixtures;

/// <summary>Tests that speak over a real connection to a server in this process run after all others: those keep every thread busy, and a connection has its time by the real clock.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WireCollection
{
    public const string Name = "wire";
}
