using System.Collections.Concurrent;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>The learned secrets in memory.</summary>
public sealed class InMemoryLearnedSecrets : ILearnedSecrets
{
    private readonly ConcurrentDictionary<string, string> secrets = new(StringComparer.Ordinal);

    public ValueTask<string> LearnAsync(string source, string secret, CancellationToken cancellationToken) => new(secrets.GetOrAdd(source, secret));

    public ValueTask<string?> FindAsync(string source, CancellationToken cancellationToken) => new(secrets.GetValueOrDefault(source));
}
