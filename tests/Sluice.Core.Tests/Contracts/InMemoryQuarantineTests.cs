using Sluice.Contracts;
using Sluice.Quarantine;

namespace Sluice.Core.Tests.Contracts;

/// <summary>The double in memory keeps the promises of the quarantine: a suite that it passes asks for nothing that only a database does.</summary>
public sealed class InMemoryQuarantineTests : QuarantineContract
{
    protected override ValueTask<IQuarantine> OpenAsync() => new(new InMemoryQuarantine(Time));
}
