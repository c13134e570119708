using System.Globalization;

namespace Sluice.Storage;

/// <summary>Shared state where this process is alone and need not remember it: in memory.</summary>
public sealed class ProcessState : ISharedState
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Kind, string Name), SharedDocument> documents = [];
    private long version;

    public TimeSpan Freshness => Timeout.InfiniteTimeSpan;

    public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken)
    {
        lock (gate) return ValueTask.FromResult<IReadOnlyList<SharedDocument>>([.. documents.Values.Where(document => document.Kind == kind).OrderBy(document => document.Name, StringComparer.Ordinal)]);
    }

    public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken)
    {
        lock (gate) return ValueTask.FromResult(documents.GetValueOrDefault((kind, name)));
    }

    public ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (documents.GetValueOrDefault((document.Kind, document.Name))?.Version != document.Version) return ValueTask.FromResult<SharedDocument?>(null);
            return ValueTask.FromResult<SharedDocument?>(documents[(document.Kind, document.Name)] = document with { Version = (++version).ToString(CultureInfo.InvariantCulture) });
        }
    }

    public ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ValueTask.FromResult(documents.GetValueOrDefault((document.Kind, document.Name)) is { } there && there.Version == document.Version && documents.Remove((document.Kind, document.Name)));
        }
    }
}
