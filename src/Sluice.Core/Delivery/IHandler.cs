using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>Code that delivers events to a destination. One instance serves all its destinations at once: keep state in neither.</summary>
public interface IHandler
{
    /// <summary>What <c>Handler</c> in a destination says.</summary>
    string Name { get; }

    /// <summary>The names of the settings that it reads from its destination beside the usual ones.</summary>
    IReadOnlyCollection<string> Settings => [];

    /// <summary>Faults of a destination's settings, each in one line with the fix.</summary>
    IEnumerable<string> Check(DestinationSettings destination) => [];

    /// <summary>
    /// Delivers one event. May be called again for the same event: after a Retry, after an outcome that got lost. What must not
    /// happen twice is made safe with <see cref="DeliveryContext.IdempotencyKey"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the destination's Timeout is over.</param>
    ValueTask<Outcome> HandleAsync(WebhookEvent webhook, DeliveryContext context, CancellationToken cancellationToken);
}

/// <summary>Which delivery an attempt belongs to.</summary>
public sealed record DeliveryContext
{
    public required DeliveryId Delivery { get; init; }

    /// <summary>1 for the first; goes on over replays.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether it had ended before and was asked for again, by an operator or by the sender's redelivery.</summary>
    public bool IsReplay { get; init; }

    /// <summary>Whether it goes without regard to the order that its destination asked for: newer events of its order key may have been delivered.</summary>
    public bool IsOutOfOrder { get; init; }

    public required DestinationSettings Destination { get; init; }

    /// <summary>The names of the sender's own headers that may be passed on, <c>*</c> standing for any characters.</summary>
    public IReadOnlyList<string> SenderHeaders { get; init; } = [];

    /// <summary>The names of those among them that prove the bytes as the sender sent them: beside other bytes they prove nothing.</summary>
    public IReadOnlyList<string> ProofHeaders { get; init; } = [];

    /// <summary>The same over all attempts, different for every event and destination.</summary>
    public string IdempotencyKey => Delivery.ToString();
}
