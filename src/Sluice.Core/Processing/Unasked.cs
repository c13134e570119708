using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Why an attempt ends without its destination being asked: a pure function of what is known before it.</summary>
internal static class Unasked
{
    /// <summary>The outcome; null where the destination is to be asked.</summary>
    /// <param name="claim">With its event, if there still is one.</param>
    /// <param name="destination">Null where there is none of that name any more.</param>
    public static Outcome? Of(Claim claim, Destination? destination, DateTimeOffset now)
    {
        if (destination is null) return Outcome.DeadLetter($"destination '{claim.Delivery.Destination}' is not configured any more; add it and replay, or purge");
        if (destination.Standing is { State: DestinationState.Removed, Pending: var pending and not PendingOnRemoval.Deliver })
        {
            var reason = $"destination '{destination.Name}' was removed";
            return pending == PendingOnRemoval.Skip ? Outcome.Skip(reason) : Outcome.DeadLetter(reason);
        }

        if (claim.Event is null) return Outcome.DeadLetter("its event is gone");
        if (RetryPolicy.TooOld(destination.Settings.Retry, AgesFrom(claim), now) is { } old) return Outcome.DeadLetter(old);
        return Ordering.Stale(claim);
    }

    /// <summary>From when the age of a delivery counts. Whoever asked for a replay knows how old it is.</summary>
    public static DateTimeOffset? AgesFrom(Claim claim) => claim.CountedFrom > 0 ? null : claim.Event?.ReceivedAt;
}
