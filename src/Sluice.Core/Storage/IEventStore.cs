using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;

namespace Sluice.Storage;

/// <summary>
/// The book: what was accepted, where each delivery stands, every attempt. When a call that writes returns, what it wrote is
/// durable. Every call may throw <see cref="StoreUnavailableException"/>; the write may then have happened or not.
/// </summary>
public interface IEventStore
{
    /// <summary>
    /// Keeps event, body and deliveries in one step unless the event is there: then nothing is written and the answer says so.
    /// Of any number of bookings of one event at once exactly one is not a duplicate.
    /// </summary>
    ValueTask<Booked> BookAsync(Booking booking, CancellationToken cancellationToken);

    /// <summary>
    /// Claims a delivery for the attempt that a bell asks for. Of any number of claims at once at most one succeeds, and none
    /// while a lease runs. A bell about the attempt under way claims nothing: it finds the lease running or lapsed. Of the deliveries in one
    /// line only the first that has not ended is claimed; another is put aside and is neither due nor rung until it is its turn.
    /// </summary>
    /// <param name="now">A lease that ends after this moment still runs.</param>
    ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Writes down how a claimed attempt ended and what becomes of the delivery. False when the fence refused it: the delivery
    /// has moved on without this claim. The attempt is kept all the same. An end gives the turn to the next of its line; any other way for a
    /// delivery to end or to go makes the next due at once.
    /// </summary>
    ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken);

    /// <summary>
    /// The deliveries whose due time is not after <paramref name="upTo"/>, oldest first, at most <paramref name="limit"/>. A claimed one
    /// is due when its lease ends, or later where its due row stood later; a parked one is not due.
    /// </summary>
    ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken);

    /// <summary>Moves the due time of a delivery that waits for the bell's attempt; does nothing to one that has moved on.</summary>
    ValueTask PostponeAsync(Bell bell, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>
    /// Parks a delivery that waits for the bell's attempt: it waits with its destination and is not due before <see cref="PostponeAsync"/> says when.
    /// A claim, a record, a replay and retention take it as any that waits. Does nothing to one that is claimed or has moved on, and says false; one that is parked keeps its place.
    /// </summary>
    /// <param name="now">Its place in line is its due time, or this moment where that is earlier.</param>
    ValueTask<bool> ParkAsync(Bell bell, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The parked deliveries of a destination in the order of their places in line, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken);

    /// <summary>The destinations with which deliveries may be parked, configured or not. Costs more with more destinations, not with more deliveries.</summary>
    ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens an ended delivery again: Pending, MaxAttempts counted anew, attempt numbers going on. Null when it is not at an end or
    /// not there, or not dead although <paramref name="onlyDead"/>. One that holds its line keeps its place; any other goes out of order.
    /// </summary>
    ValueTask<Bell?> ReplayAsync(DeliveryId delivery, DateTimeOffset due, bool onlyDead, CancellationToken cancellationToken);

    /// <summary>Adds a delivery to a kept event, out of any order. Null when it has that delivery or the event is not there.</summary>
    ValueTask<Bell?> AddDeliveryAsync(DeliveryId delivery, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>Ends a dead letter as Skipped. False when it is not dead.</summary>
    ValueTask<bool> PurgeAsync(DeliveryId delivery, string reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// One small step of retention over the events received before <paramref name="before"/>: unfinished deliveries that nobody
    /// holds end as Expired, and events without unfinished deliveries go. At most <paramref name="limit"/> events are touched.
    /// </summary>
    ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A kept event with its bytes, or null.</summary>
    ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken);

    /// <summary>A kept event with its deliveries and their attempts, without its bytes, or null.</summary>
    ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken);

    /// <summary>Kept events, newest first. Looks at a bounded number of rows and says where to go on.</summary>
    /// <exception cref="CursorException">The filter's cursor is none of this store's.</exception>
    ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken);

    /// <summary>Dead letters, newest death first. Looks at a bounded number of rows and says where to go on.</summary>
    /// <exception cref="CursorException">The filter's cursor is none of this store's.</exception>
    ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    /// <summary>How many events and how many deliveries of each status there are; costs the same whatever the backlog.</summary>
    ValueTask<Stats> CountAsync(CancellationToken cancellationToken);

    /// <summary>Returns when the store can keep something now.</summary>
    ValueTask PingAsync(CancellationToken cancellationToken);
}

/// <summary>The store cannot be reached, is full or too slow; the message says why, without secrets.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
