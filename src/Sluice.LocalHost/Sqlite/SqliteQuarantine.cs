using Sluice.Configuration;
using Sluice.Inspection;
using Sluice.Quarantine;

namespace Sluice.LocalHost.Sqlite;

/// <summary>Refused requests in the book's file: one table, written by the book's one writer and in its transactions.</summary>
internal sealed class SqliteQuarantine(SqliteEventStore store, TimeProvider time) : IQuarantine
{
    /// <summary>A refused request waits no longer for the disk: what has not begun by then is not written any more.</summary>
    private static readonly TimeSpan Hurried = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Unhurried = TimeSpan.FromSeconds(10);

    // A disk that does not answer is not waited for: what it has begun to write it writes when it does.
    public async ValueTask<IReadOnlyList<Keeping>> KeepAsync(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds, CancellationToken cancellationToken) =>
        await store.WriteAsync((rejections, bounds, now: time.GetUtcNow()), static (book, wish) => book.Keep(wish.rejections, wish.bounds, wish.now), Hurried).WaitAsync(cancellationToken);

    public ValueTask<Page<Rejection>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken) => ValueTask.FromResult(store.Read(reader => reader.ListRejections(filter)));

    public ValueTask<Rejection?> FindAsync(RejectionId id, CancellationToken cancellationToken) => ValueTask.FromResult(store.Read(reader => reader.FindRejection(id)));

    public async ValueTask<bool> RemoveAsync(RejectionId id, CancellationToken cancellationToken) => await store.WriteAsync(id, static (book, id) => book.Forget(id), Unhurried);

    public ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(store.Read(reader => reader.RejectionSources()));

    public async ValueTask<int> AgeAsync(string source, QuarantineSettings bounds, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        await store.WriteAsync((source, bounds, now, limit), static (book, wish) => book.Age(wish.source, wish.bounds, wish.now, wish.limit), Unhurried);
}
