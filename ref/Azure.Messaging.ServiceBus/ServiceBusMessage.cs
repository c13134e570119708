#nullable disable
using System.Text;

namespace Azure.Messaging.ServiceBus;

public class ServiceBusMessage
{
    public ServiceBusMessage()
        : this(default(ReadOnlyMemory<byte>))
    {
    }

    public ServiceBusMessage(string body)
        : this(Encoding.UTF8.GetBytes(body))
    {
    }

    public ServiceBusMessage(ReadOnlyMemory<byte> body) => Body = BinaryData.FromBytes(body);

    public ServiceBusMessage(BinaryData body)
        : this(body?.ToMemory() ?? default)
    {
    }

    /// <summary>A copy without what the broker had set: times, numbers, why it was dead-lettered.</summary>
    public ServiceBusMessage(ServiceBusReceivedMessage receivedMessage)
        : this((receivedMessage ?? throw new ArgumentNullException(nameof(receivedMessage))).Body)
    {
        if (receivedMessage.MessageId is not null) MessageId = receivedMessage.MessageId;
        if (receivedMessage.TimeToLive != TimeSpan.MaxValue) TimeToLive = receivedMessage.TimeToLive;
        if (receivedMessage.PartitionKey is not null) PartitionKey = receivedMessage.PartitionKey;
        (CorrelationId, Subject, ContentType) = (receivedMessage.CorrelationId, receivedMessage.Subject, receivedMessage.ContentType);
        (To, ReplyTo, ReplyToSessionId) = (receivedMessage.To, receivedMessage.ReplyTo, receivedMessage.ReplyToSessionId);
        (SessionId, TransactionPartitionKey) = (receivedMessage.SessionId, receivedMessage.TransactionPartitionKey);
        foreach (var property in receivedMessage.ApplicationProperties)
        {
            if (property.Key is not ("DeadLetterReason" or "DeadLetterErrorDescription" or "Diagnostic-Id")) ApplicationProperties.Add(property);
        }
    }

    public IDictionary<string, object> ApplicationProperties { get; } = new Dictionary<string, object>();

    public BinaryData Body { get; set; }

    public string ContentType { get; set; }

    public string CorrelationId { get; set; }

    public string MessageId
    {
        get;
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(value, nameof(MessageId));
            field = ReferenceAssembly.NotTooLong(value, nameof(MessageId));
        }
    }

    public string PartitionKey
    {
        get;
        set => field = SessionId is not null && SessionId != ReferenceAssembly.NotTooLong(value, nameof(PartitionKey))
            ? throw new ArgumentOutOfRangeException(nameof(PartitionKey), $"PartitionKey:{value} cannot be set to a different value than SessionId:{SessionId}.")
            : ReferenceAssembly.NotTooLong(value, nameof(PartitionKey));
    }

    public string ReplyTo { get; set; }

    public string ReplyToSessionId
    {
        get;
        set => field = ReferenceAssembly.NotTooLong(value, nameof(ReplyToSessionId));
    }

    public DateTimeOffset ScheduledEnqueueTime
    {
        get;
        set => field = value.ToUniversalTime();
    }

    public string SessionId
    {
        get;
        set
        {
            field = ReferenceAssembly.NotTooLong(value, nameof(SessionId));
            if (PartitionKey is not null && PartitionKey != value) PartitionKey = value;
        }
    }

    public string Subject { get; set; }

    public TimeSpan TimeToLive
    {
        get;
        set => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(TimeToLive), "The time to live is positive.");
    }
    = TimeSpan.MaxValue;

    public string To { get; set; }

    public string TransactionPartitionKey
    {
        get;
        set => field = ReferenceAssembly.NotTooLong(value, nameof(TransactionPartitionKey));
    }

    public override string ToString() => $"{{MessageId:{MessageId}}}";
}
