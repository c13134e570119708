namespace Sluice.Storage;

/// <summary>
/// Small documents that all instances share: which destinations were registered, in what state they are, what they may take. A document is
/// changed only by whoever has read its last version, so that of any number of writers at once exactly one succeeds. What is written is
/// durable when the call returns. Every call may throw <see cref="StoreUnavailableException"/>; the write may then have happened or not.
/// </summary>
public interface ISharedState
{
    /// <summary>How old a copy may grow before it is read again; <see cref="Timeout.InfiniteTimeSpan"/> where only this process writes.</summary>
    TimeSpan Freshness { get; }

    /// <summary>All documents of a kind, ordered by name.</summary>
    ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken);

    ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a document over the version that it names, or adds it where it names none. The answer is what now stands, with its version;
    /// null when another has written since, or it is there already, or is gone.
    /// </summary>
    ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken);

    /// <summary>Removes the version that the document names. False when another has written since, or it is gone.</summary>
    ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken);
}

/// <summary>One small document.</summary>
/// <param name="Kind"><c>[a-z]{1,20}</c>.</param>
/// <param name="Name">A destination's name, or <c>[a-z0-9_]{1,60}</c>.</param>
/// <param name="Json">At most 24,000 characters. May hold secrets.</param>
/// <param name="Version">The store's own mark of what was read; null for one that is to be added.</param>
public sealed record SharedDocument(string Kind, string Name, string Json, string? Version = null)
{
    /// <summary>The longest <see cref="Json"/>, in characters.</summary>
    public const int MostCharacters = 24_000;

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => $"{nameof(SharedDocument)} {Kind}/{Name}";
}
