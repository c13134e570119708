using System.Runtime.CompilerServices;
using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

internal sealed class BrokerReceiver(BrokerDouble broker, ServiceBusClient client, string queue, ServiceBusReceiverOptions options) : ServiceBusReceiver
{
    private readonly SubQueue subQueue = options.SubQueue;
    private readonly ServiceBusReceiveMode receiveMode = options.ReceiveMode;
    private readonly int prefetchCount = options.PrefetchCount;
    private bool isClosed;
    private long lastPeeked;

    public override string EntityPath => subQueue == SubQueue.DeadLetter ? $"{queue}/$DeadLetterQueue" : queue;

    public override string FullyQualifiedNamespace => client.FullyQualifiedNamespace;

    public override string Identifier => EntityPath;

    public override bool IsClosed => isClosed || client.IsClosed;

    public override int PrefetchCount => prefetchCount;

    public override ServiceBusReceiveMode ReceiveMode => receiveMode;

    public override async Task<ServiceBusReceivedMessage> ReceiveMessageAsync(TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        var received = await ReceiveMessagesAsync(1, maxWaitTime, cancellationToken);
        return received.Count == 0 ? null! : received[0];
    }

    public override Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(
        int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        if (maxWaitTime <= TimeSpan.Zero && prefetchCount == 0) throw new ArgumentOutOfRangeException(nameof(maxWaitTime));
        return CallAsync(BrokerOperation.Receive, [], (found, now) => found.Receive(subQueue, receiveMode, maxMessages, now), cancellationToken);
    }

    /// <summary>What is there now; the real one goes on until it is cancelled.</summary>
    public override async IAsyncEnumerable<ServiceBusReceivedMessage> ReceiveMessagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await ReceiveMessageAsync(null, cancellationToken) is { } message) yield return message;
    }

    public override async Task<ServiceBusReceivedMessage> PeekMessageAsync(long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        var peeked = await PeekMessagesAsync(1, fromSequenceNumber, cancellationToken);
        return peeked.Count == 0 ? null! : peeked[0];
    }

    /// <summary>Without a number it goes on where the last peek of this receiver ended.</summary>
    public override async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(
        int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxMessages);
        var from = fromSequenceNumber ?? lastPeeked + 1;
        var peeked = await CallAsync(BrokerOperation.Peek, [], (found, _) => found.Peek(subQueue, maxMessages, from), cancellationToken);
        if (peeked.Count > 0) lastPeeked = peeked[^1].SequenceNumber;
        return peeked;
    }

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Complete, message, (found, token) => found.Complete(subQueue, token), cancellationToken);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Abandon, message, (found, token) => found.Abandon(subQueue, token, propertiesToModify), cancellationToken);

    public override Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Defer, message, (found, token) => found.Defer(subQueue, token, propertiesToModify), cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        BuryAsync(message, propertiesToModify, null, null, cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, string deadLetterReason, string? deadLetterErrorDescription = null, CancellationToken cancellationToken = default) =>
        BuryAsync(message, null, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify, string deadLetterReason, string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        BuryAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, cancellationToken);

    public override async Task<ServiceBusReceivedMessage> ReceiveDeferredMessageAsync(long sequenceNumber, CancellationToken cancellationToken = default)
    {
        var received = await ReceiveDeferredMessagesAsync([sequenceNumber], cancellationToken);
        return received[0];
    }

    public override Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveDeferredMessagesAsync(
        IEnumerable<long> sequenceNumbers, CancellationToken cancellationToken = default)
    {
        long[] numbers = [.. sequenceNumbers];
        return CallAsync(BrokerOperation.ReceiveDeferred, numbers, (found, now) => found.ReceiveDeferred(subQueue, numbers, now), cancellationToken);
    }

    /// <summary>The broker's lock is renewed; the message in hand keeps showing the old end, which only the package can write.</summary>
    public override Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        CallAsync(BrokerOperation.RenewLock, [message.SequenceNumber], (found, now) =>
        {
            found.RenewLock(subQueue, Settlement.TokenOf(message), now);
            return true;
        }, cancellationToken);

    public override Task CloseAsync(CancellationToken cancellationToken = default)
    {
        isClosed = true;
        return Task.CompletedTask;
    }

    private Task<bool> BuryAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? properties, string? reason, string? description, CancellationToken cancellationToken)
    {
        Settlement.CheckReason(properties, reason, description);
        return SettleAsync(BrokerOperation.DeadLetter, message, (found, token) => found.DeadLetter(subQueue, token, properties, reason, description), cancellationToken);
    }

    private Task<bool> SettleAsync(BrokerOperation operation, ServiceBusReceivedMessage message, Action<BrokerQueue, string> settle, CancellationToken cancellationToken)
    {
        var token = Settlement.TokenOf(message);
        return CallAsync(operation, [message.SequenceNumber], (found, _) =>
        {
            settle(found, token);
            return true;
        }, cancellationToken);
    }

    private Task<T> CallAsync<T>(BrokerOperation operation, IReadOnlyList<long> numbers, Func<BrokerQueue, DateTimeOffset, T> effect, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return broker.CallAsync(new BrokerRequest(operation, queue, subQueue, cancellationToken) { SequenceNumbers = numbers }, effect);
    }
}
