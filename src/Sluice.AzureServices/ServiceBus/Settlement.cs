using Sluice.Events;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>What becomes of a message. Every message is settled on every path.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>It has done its part.</summary>
    public sealed record Complete : Settlement;

    /// <summary>It is given back at once; after the queue's delivery count it goes to the dead-letter queue.</summary>
    public sealed record Abandon : Settlement;

    /// <summary>It is for a person to look at.</summary>
    /// <param name="Death">The delivery that died and of which attempt; null where the message is none of ours.</param>
    public sealed record DeadLetter(string Reason, string Description, (DeliveryId Delivery, int Attempt)? Death = null) : Settlement
    {
        /// <summary>What is written on the message: by it a resubmitted one is known.</summary>
        public Dictionary<string, object> Properties { get; } = Death is { } death ? new() { [BellMessage.DeadProperty] = death.Attempt } : [];
    }
}
