namespace Sluice.Hosts.Tests.Processes;

/// <summary>Tests that load the machine or wait long: one after the other, with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SlowCollection
{
    public const string Name = "slow, with the real executable";
}
