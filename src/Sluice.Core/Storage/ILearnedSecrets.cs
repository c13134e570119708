namespace Sluice.Storage;

/// <summary>
/// The secrets that senders brought in their handshakes, one for each source that has none in its configuration. The first stays for ever,
/// whatever is offered later, by whichever process: insert-if-absent, never check-then-insert.
/// </summary>
public interface ILearnedSecrets
{
    /// <summary>Keeps the secret unless the source has one. The answer is the one that stands, and it is durable.</summary>
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was.</exception>
    ValueTask<string> LearnAsync(string source, string secret, CancellationToken cancellationToken);

    /// <summary>The secret that the source has learned, or null.</summary>
    /// <exception cref="StoreUnavailableException">The store could not be asked.</exception>
    ValueTask<string?> FindAsync(string source, CancellationToken cancellationToken);
}
