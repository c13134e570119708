using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>
/// The small documents in the book's file: one table, written by the book's one writer and in its transactions. How fast a destination is
/// given its deliveries matters while this process lives, and to it alone: that stays in memory.
/// </summary>
internal sealed class SqliteSharedState(SqliteEventStore store) : ISharedState
{
    private const string Passing = "pace";

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(10);

    private readonly ProcessState passing = new();

    // One process owns the folder.
    public TimeSpan Freshness => Timeout.InfiniteTimeSpan;

    public ValueTask<IReadOnlyList<SharedDocument>> ListAsync(string kind, CancellationToken cancellationToken) =>
        kind == Passing ? passing.ListAsync(kind, cancellationToken) : ValueTask.FromResult(store.Read(reader => reader.ListState(kind)));

    public ValueTask<SharedDocument?> FindAsync(string kind, string name, CancellationToken cancellationToken) =>
        kind == Passing ? passing.FindAsync(kind, name, cancellationToken) : ValueTask.FromResult(store.Read(reader => reader.FindState(kind, name)));

    public async ValueTask<SharedDocument?> WriteAsync(SharedDocument document, CancellationToken cancellationToken) =>
        document.Kind == Passing ? await passing.WriteAsync(document, cancellationToken) : await store.WriteAsync(document, static (book, document) => book.Write(document), Budget);

    public async ValueTask<bool> RemoveAsync(SharedDocument document, CancellationToken cancellationToken) =>
        document.Kind == Passing ? await passing.RemoveAsync(document, cancellationToken) : await store.WriteAsync(document, static (book, document) => book.Remove(document), Budget);
}
