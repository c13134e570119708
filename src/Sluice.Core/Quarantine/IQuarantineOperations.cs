using Sluice.Inspection;
using Sluice.Retries;

namespace Sluice.Quarantine;

/// <summary>What an operator can do with refused requests. Two ways to it: straight to the store, or over HTTP to a running host.</summary>
public interface IQuarantineOperations
{
    /// <summary>Refused requests, newest first, with the reason; only those whose bytes are kept where the filter says so.</summary>
    Task<Page<RejectionView>> ListAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>One refused request with path and headers where they are kept, or null.</summary>
    Task<RejectionView?> FindAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>The exact bytes of one, or null where they are not kept.</summary>
    Task<byte[]?> BodyAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>Checks one anew by the configuration of now, as of the moment it arrived; null where its bytes are not kept.</summary>
    Task<CheckedView?> VerifyAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>Keeps one as an event if its signature holds now, and then forgets it here; null where its bytes are not kept.</summary>
    Task<CheckedView?> ReleaseAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>Forgets one; false where it is not there.</summary>
    Task<bool> PurgeAsync(RejectionId id, CancellationToken cancellationToken);

    /// <summary>One step of a job that verifies kept requests, oldest first; repeated from its <c>Next</c> until that is null.</summary>
    Task<CheckedStep> VerifyAllAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>One step of a job that releases, oldest first, those whose signature holds now; the others stay.</summary>
    Task<CheckedStep> ReleaseAllAsync(RejectionFilter filter, CancellationToken cancellationToken);

    /// <summary>One step of a job that forgets kept requests.</summary>
    Task<JobStep> PurgeAllAsync(RejectionFilter filter, CancellationToken cancellationToken);
}
