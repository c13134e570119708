using System.Runtime.Serialization;
using System.Text;
using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>What the way over the wire does to a message: it is copied, measured, and refused where AMQP has no word for it.</summary>
internal static class WireFormat
{
    private const int Overhead = 64;
    private const int OverheadPerProperty = 8;

    public static ServiceBusMessage Copy(ServiceBusMessage message)
    {
        var copy = new ServiceBusMessage(message.Body.ToArray())
        {
            ContentType = message.ContentType,
            CorrelationId = message.CorrelationId,
            ReplyTo = message.ReplyTo,
            ReplyToSessionId = message.ReplyToSessionId,
            Subject = message.Subject,
            To = message.To,
            ScheduledEnqueueTime = Moment(message.ScheduledEnqueueTime),
        };
        if (message.MessageId is not null) copy.MessageId = message.MessageId;
        if (message.SessionId is not null) copy.SessionId = message.SessionId;
        if (message.PartitionKey is not null) copy.PartitionKey = message.PartitionKey;
        if (message.TransactionPartitionKey is not null) copy.TransactionPartitionKey = message.TransactionPartitionKey;
        if (message.TimeToLive != TimeSpan.MaxValue) copy.TimeToLive = message.TimeToLive;
        foreach (var (name, value) in message.ApplicationProperties) copy.ApplicationProperties[name] = Value(name, value);
        return copy;
    }

    public static object? Value(string name, object? value) => value switch
    {
        null or string or bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal or char or Guid or Uri or TimeSpan
            or DateTimeOffset => value,
        DateTime moment => new DateTime(moment.ToUniversalTime().Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc),
        // The broker takes bytes in a property for something too large.
        byte[] or ArraySegment<byte> => throw new ServiceBusException($"Property '{name}' holds bytes", ServiceBusFailureReason.MessageSizeExceeded),
        _ => throw new SerializationException($"Serialization failed due to an unsupported type, {value.GetType().FullName}, in property '{name}'"),
    };

    /// <summary>Times travel in whole milliseconds.</summary>
    public static DateTimeOffset Moment(DateTimeOffset at) => new(at.UtcTicks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    public static long Size(ServiceBusMessage message) =>
        Overhead + message.Body.ToMemory().Length
        + Size(message.MessageId) + Size(message.Subject) + Size(message.ContentType) + Size(message.CorrelationId) + Size(message.To) + Size(message.ReplyTo)
        + Size(message.SessionId) + Size(message.ReplyToSessionId) + Size(message.PartitionKey)
        + message.ApplicationProperties.Sum(static property => OverheadPerProperty + Size(property.Key) + Size(property.Value));

    private static long Size(object? value) => value switch
    {
        null => 0,
        string text => Encoding.UTF8.GetByteCount(text),
        Uri uri => Encoding.UTF8.GetByteCount(uri.OriginalString),
        bool or byte or sbyte => 1,
        decimal or Guid => 16,
        _ => 8,
    };
}
