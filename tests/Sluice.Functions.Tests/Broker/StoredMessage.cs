using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>A message as the broker keeps it. Only its queue changes it, under the lock of the broker.</summary>
internal sealed class StoredMessage(ServiceBusMessage content, TimeSpan longestLife)
{
    public long SequenceNumber { get; set; }

    /// <summary>The number it was first given; that of a scheduled message changes when it activates.</summary>
    public long FirstSequenceNumber { get; init; }

    public DateTimeOffset EnqueuedTime { get; set; }

    public ServiceBusMessageState State { get; set; }

    /// <summary>Deliveries that came to nothing.</summary>
    public int Deliveries { get; set; }

    public Guid LockToken { get; set; }

    public DateTimeOffset? LockedUntil { get; set; }

    public string? MessageId => content.MessageId;

    public DateTimeOffset ScheduledFor => content.ScheduledEnqueueTime;

    public bool IsFree => State == ServiceBusMessageState.Active && LockedUntil is null;

    public DateTimeOffset ExpiresAt
    {
        get
        {
            var life = content.TimeToLive < longestLife ? content.TimeToLive : longestLife;
            return life >= DateTimeOffset.MaxValue - EnqueuedTime ? DateTimeOffset.MaxValue : EnqueuedTime + life;
        }
    }

    public void Modify(IEnumerable<KeyValuePair<string, object>>? properties)
    {
        foreach (var (name, value) in properties ?? []) content.ApplicationProperties[name] = WireFormat.Value(name, value);
    }

    /// <summary>The content for another send.</summary>
    public ServiceBusMessage Copy() => WireFormat.Copy(content);

    public ServiceBusReceivedMessage Received() => Show(LockToken, LockedUntil ?? default, Deliveries + 1);

    /// <summary>Without a lock, and with the deliveries that are over.</summary>
    public ServiceBusReceivedMessage Peeked() => Show(Guid.Empty, default, Deliveries);

    private ServiceBusReceivedMessage Show(Guid lockToken, DateTimeOffset lockedUntil, int deliveryCount) =>
        ServiceBusModelFactory.ServiceBusReceivedMessage(
            content.Body, content.MessageId, content.PartitionKey, content.TransactionPartitionKey, content.SessionId,
            content.ReplyToSessionId, content.TimeToLive < longestLife ? content.TimeToLive : longestLife, content.CorrelationId, content.Subject, content.To,
            content.ContentType, content.ReplyTo, content.ScheduledEnqueueTime, new Dictionary<string, object>(content.ApplicationProperties), lockToken,
            deliveryCount, lockedUntil, SequenceNumber, deadLetterSource: null, FirstSequenceNumber, EnqueuedTime, State);
}
