using System.Diagnostics.CodeAnalysis;

namespace Sluice.Events;

/// <summary>
/// One event to one destination. Written <c>event/destination</c>; this text is the idempotency key that handlers and
/// forwarded requests (<c>Sluice-Delivery</c>) carry, the same over all attempts.
/// </summary>
public readonly record struct DeliveryId(EventId Event, string Destination)
{
    public override string ToString() => $"{Event}/{Destination}";

    /// <summary>Reads <c>event/destination</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DeliveryId id)
    {
        id = default;
        if (text is null || text.IndexOf('/', StringComparison.Ordinal) is not 32 || text.Length == 33 || !EventId.TryParse(text[..32], out var @event))
            return false;
        id = new DeliveryId(@event, text[33..]);
        return true;
    }
}
