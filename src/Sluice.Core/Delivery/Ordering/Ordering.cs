using System.Globalization;
using Sluice.Configuration;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Delivery;

/// <summary>What order means for one delivery. Pure; whose turn it is the book knows.</summary>
internal static class Ordering
{
    /// <summary>The event's place at a destination; null where it is in no order.</summary>
    public static Place? PlaceOf(OrderOptions? order, WebhookEvent webhook)
    {
        if (order is null || OrderKey.Of(order.Key, webhook) is not { } key) return null;
        return new(key, order.Hold, order.Time is { } time ? SentTime.Of(time, webhook) : null);
    }

    /// <summary>Whether it goes without a place although events like it have one: it was replayed, or added to its destination later.</summary>
    public static bool IsOutOfOrder(Claim claim, OrderOptions? order, WebhookEvent webhook) =>
        claim.Place?.IsOutOfOrder ?? (order is not null && OrderKey.Of(order.Key, webhook) is not null);

    /// <summary>
    /// The outcome of one that is older, by its sender's own time, than what was delivered for its key; null where it is to be delivered. A
    /// replay out of order is: somebody asked for it, and it says what it is.
    /// </summary>
    public static Outcome? Stale(Claim claim) => claim.Place is { IsOutOfOrder: false } place && place.SentAt < place.DeliveredUpTo
        ? Outcome.Skip(string.Create(CultureInfo.InvariantCulture, $"stale: it is of {place.SentAt:O}, and one of {place.DeliveredUpTo:O} with its order key was delivered"))
        : null;
}
