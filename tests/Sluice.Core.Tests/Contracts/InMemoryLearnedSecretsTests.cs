using Sluice.Contracts;
using Sluice.Storage;

namespace Sluice.Core.Tests.Contracts;

/// <summary>The double keeps every promise of the learned secrets.</summary>
public sealed class InMemoryLearnedSecretsTests : LearnedSecretsContract
{
    protected override ValueTask<ILearnedSecrets> OpenAsync() => new(new InMemoryLearnedSecrets());

    protected override ValueTask<ILearnedSecrets> OpenAgainAsync() => new(Secrets);
}
