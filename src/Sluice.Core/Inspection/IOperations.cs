using Sluice.Events;
using Sluice.Retries;

namespace Sluice.Inspection;

/// <summary>What an operator can do. Two ways to it: straight to the book, or over HTTP to a running host.</summary>
public interface IOperations
{
    Task<Page<EventView>> EventsAsync(EventFilter filter, CancellationToken cancellationToken);

    /// <summary>One event with its headers, or null.</summary>
    Task<EventView?> EventAsync(EventId id, CancellationToken cancellationToken);

    /// <summary>The exact bytes of an event, or null.</summary>
    Task<byte[]?> BodyAsync(EventId id, CancellationToken cancellationToken);

    /// <summary>Replays the ended deliveries of an event, or one of them; how many, or null when there is no such event.</summary>
    Task<int?> ReplayAsync(EventId id, string? destination, CancellationToken cancellationToken);

    Task<Page<DeadLetterView>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    /// <summary>One step of a job that replays dead letters; repeated from its <c>Next</c> until that is null.</summary>
    Task<JobStep> ReplayDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    /// <summary>One step of a job that ends dead letters as Skipped.</summary>
    Task<JobStep> PurgeDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    Task<Stats> StatsAsync(CancellationToken cancellationToken);
}
