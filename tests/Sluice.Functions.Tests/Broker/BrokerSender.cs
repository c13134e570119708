using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

internal sealed class BrokerSender(BrokerDouble broker, ServiceBusClient client, string queue) : ServiceBusSender
{
    // A batch keeps its messages to itself; this remembers those of the batches made here.
    private static readonly ConditionalWeakTable<ServiceBusMessageBatch, List<ServiceBusMessage>> Batches = [];

    private bool isClosed;

    public override string EntityPath => queue;

    public override string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    public override string Identifier => queue;

    public override bool IsClosed => isClosed || client.IsClosed;

    public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return SendAsync([message], cancellationToken);
    }

    public override Task SendMessagesAsync(IEnumerable<ServiceBusMessage> messages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return SendAsync([.. messages], cancellationToken);
    }

    public override Task SendMessagesAsync(ServiceBusMessageBatch messageBatch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messageBatch);
        if (!Batches.TryGetValue(messageBatch, out var messages)) throw new ArgumentException("The batch was not made by a sender of this broker", nameof(messageBatch));
        return SendAsync([.. messages], cancellationToken);
    }

    public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) =>
        CreateMessageBatchAsync(new CreateMessageBatchOptions(), cancellationToken);

    public override ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CreateMessageBatchOptions options, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        cancellationToken.ThrowIfCancellationRequested();
        var limit = (long)broker.Enter(queue, static (found, _) => found.MaxMessageBytes);
        if (options.MaxSizeInBytes > limit) throw new ArgumentOutOfRangeException(nameof(options), $"The queue takes batches of up to {limit} bytes");
        var most = options.MaxSizeInBytes ?? limit;
        var taken = 0L;
        var messages = new List<ServiceBusMessage>();
        var batch = ServiceBusModelFactory.ServiceBusMessageBatch(0, messages, new CreateMessageBatchOptions { MaxSizeInBytes = most }, message =>
        {
            var size = WireFormat.Size(WireFormat.Copy(message));
            if (taken + size > most) return false;
            taken += size;
            return true;
        });
        Batches.Add(batch, messages);
        return new(batch);
    }

    public override async Task<long> ScheduleMessageAsync(ServiceBusMessage message, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var numbers = await ScheduleMessagesAsync([message], scheduledEnqueueTime, cancellationToken);
        return numbers[0];
    }

    public override Task<IReadOnlyList<long>> ScheduleMessagesAsync(
        IEnumerable<ServiceBusMessage> messages, DateTimeOffset scheduledEnqueueTime, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ServiceBusMessage[] scheduled = [.. messages];
        foreach (var message in scheduled) message.ScheduledEnqueueTime = scheduledEnqueueTime;
        return scheduled.Length == 0
            ? Task.FromResult<IReadOnlyList<long>>([])
            : broker.CallAsync(Request(BrokerOperation.Schedule, cancellationToken) with { Messages = scheduled }, (found, now) => found.Send(scheduled, now));
    }

    public override Task CancelScheduledMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default) =>
        CancelScheduledMessagesAsync([sequenceNumber], cancellationToken);

    public override Task CancelScheduledMessagesAsync(IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sequenceNumbers);
        ObjectDisposedException.ThrowIf(IsClosed, this);
        long[] numbers = [.. sequenceNumbers];
        return numbers.Length == 0
            ? Task.CompletedTask
            : broker.CallAsync(Request(BrokerOperation.Cancel, cancellationToken) with { SequenceNumbers = numbers }, (found, _) => found.Cancel(numbers));
    }

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        isClosed = true;
        return Task.CompletedTask;
    }

    private Task SendAsync(ServiceBusMessage[] messages, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return messages.Length == 0
            ? Task.CompletedTask
            : broker.CallAsync(Request(BrokerOperation.Send, cancellationToken) with { Messages = messages }, (found, now) => found.Send(messages, now));
    }

    private BrokerRequest Request(BrokerOperation operation, CancellationToken cancellationToken) => new(operation, queue, SubQueue.None, cancellationToken);
}
