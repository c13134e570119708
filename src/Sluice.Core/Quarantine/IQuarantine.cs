using Sluice.Configuration;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Quarantine;

/// <summary>
/// Where refused requests are written down, bounded for each source whatever strangers send. When a call that writes returns, what it wrote is
/// durable. Every call may throw <see cref="StoreUnavailableException"/>; the write may then have happened or not.
/// </summary>
public interface IQuarantine
{
    /// <summary>
    /// Writes refused requests of one source down, in their order: each with its <see cref="Rejection.Request"/> if it has one and <see cref="Room"/> has room
    /// for it, and otherwise without, if it has a finding. Of any number at once no more is kept than the bounds say. Answers no later than the token ends.
    /// </summary>
    /// <returns>What became of each.</returns>
    /// <exception cref="OperationCanceledException">The token ended first; nobody knows what is written.</exception>
    ValueTask<IReadOnlyList<Keeping>> KeepAsync(IReadOnlyList<Rejection> rejections, QuarantineSettings bounds, CancellationToken cancellationToken);

    /// <summary>Refused requests, without their bytes. Looks at a bounded number of rows and says where to go on.</summary>
    /// <exception cref="CursorException">The filter's cursor is no id.</exception>
    ValueTask<Page<Rejection>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>One of them, with its bytes where they are kept; null where there is none.</summary>
    ValueTask<Rejection?> FindAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>Forgets one. Of any number of calls exactly one is answered with true.</summary>
    ValueTask<bool> RemoveAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>The names of the sources of which something may be written down.</summary>
    ValueTask<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken);

    /// <summary>One small step of letting go: what is too old, and what <see cref="Room"/> says is too much. At most <paramref name="limit"/> are touched; the answer is how many.</summary>
    ValueTask<int> AgeAsync(string source, QuarantineSettings bounds, DateTimeOffset now, int limit, CancellationToken cancellationToken);
}
