using Sluice.Contracts;
using Sluice.Storage;

namespace Sluice.Core.Tests.Contracts;

/// <summary>The double that the simulation stands on keeps every promise of the book.</summary>
public sealed class InMemoryEventStoreTests : EventStoreContract
{
    protected override ValueTask<IEventStore> OpenAsync() => new(new InMemoryEventStore());
}
