namespace Sluice.Processing;

/// <summary>The bell: tells a worker, here or elsewhere, which delivery to look at. It may lose bells and repeat them.</summary>
public interface ITaskQueue
{
    /// <summary>How long after its moment a bell may still be on its way. The due row stands that much later. Zero where the book itself is waited on.</summary>
    TimeSpan Grace { get; }

    /// <summary>How far ahead the queue takes a bell; one for later waits as a due row only.</summary>
    TimeSpan Horizon { get; }

    /// <summary>
    /// True when a worker of this process is free for the destination and now kept for the caller: the delivery can be born claimed.
    /// The caller then rings with that claim, or says <see cref="Release"/>.
    /// </summary>
    bool TryReserve(string destination);

    /// <summary>Gives back what <see cref="TryReserve"/> kept for that destination.</summary>
    void Release(string destination);

    /// <summary>Rings, not before <paramref name="at"/>.</summary>
    /// <exception cref="QueueUnavailableException">The queue cannot be reached; the due row brings the delivery back, and a reserved worker is free again.</exception>
    ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Returns when the queue can be reached.</summary>
    /// <exception cref="QueueUnavailableException">It cannot.</exception>
    ValueTask PingAsync(CancellationToken cancellationToken);
}

/// <summary>The queue cannot be reached or refuses; the message says why, without secrets.</summary>
public sealed class QueueUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
