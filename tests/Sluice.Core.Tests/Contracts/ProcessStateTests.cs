using Sluice.Contracts;
using Sluice.Storage;

namespace Sluice.Core.Tests.Contracts;

/// <summary>Memory keeps every promise of the shared state.</summary>
public sealed class ProcessStateTests : SharedStateContract
{
    protected override ValueTask<ISharedState> OpenAsync() => new(new ProcessState());

    protected override ValueTask<ISharedState> OpenAgainAsync() => new(State);
}
