#nullable disable
namespace Azure.Messaging.ServiceBus;

public sealed class ServiceBusMessageBatch : IDisposable
{
    private readonly IList<ServiceBusMessage> messages;
    private readonly Func<ServiceBusMessage, bool> accepts;

    internal ServiceBusMessageBatch(long maxSizeInBytes, long sizeInBytes, IList<ServiceBusMessage> messages, Func<ServiceBusMessage, bool> accepts)
    {
        (MaxSizeInBytes, SizeInBytes) = (maxSizeInBytes, sizeInBytes);
        (this.messages, this.accepts) = (messages, accepts);
        foreach (var message in messages) ReferenceAssembly.CheckProperties(message);
    }

    public int Count => messages.Count;

    public long MaxSizeInBytes { get; }

    public long SizeInBytes { get; }

    public bool TryAddMessage(ServiceBusMessage message)
    {
        lock (messages)
        {
            if (!accepts(message)) return false;
            messages.Add(message);
            ReferenceAssembly.CheckProperties(message);
            return true;
        }
    }

    public void Dispose()
    {
    }
}

public class CreateMessageBatchOptions
{
    public long? MaxSizeInBytes
    {
        get;
        set => field = value is null ? null : ReferenceAssembly.InRange(value.Value, 24, long.MaxValue, nameof(MaxSizeInBytes));
    }
}
