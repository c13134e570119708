using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Functions.Tests.Broker;

/// <summary>What a settlement through the Functions host fails with: the host's own exception, never one of Service Bus.</summary>
public sealed class HostCallFailedException(Exception reason) : Exception($"Status(StatusCode=\"Unknown\", Detail=\"{reason.Message}\")");

/// <summary>Settles as a function does, by way of its host.</summary>
internal sealed class BrokerMessageActions(BrokerDouble broker, string queue) : ServiceBusMessageActions
{
    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Complete, message, static (found, token, _) => found.Complete(SubQueue.None, token), cancellationToken);

    public override Task AbandonMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Abandon, message, (found, token, _) => found.Abandon(SubQueue.None, token, propertiesToModify), cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = default, string? deadLetterReason = default,
        string? deadLetterErrorDescription = default, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.DeadLetter, message, (found, token, _) =>
        {
            Settlement.CheckReason(propertiesToModify, deadLetterReason, deadLetterErrorDescription);
            found.DeadLetter(SubQueue.None, token, propertiesToModify, deadLetterReason, deadLetterErrorDescription);
        }, cancellationToken);

    public override Task DeferMessageAsync(
        ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.Defer, message, (found, token, _) => found.Defer(SubQueue.None, token, propertiesToModify), cancellationToken);

    public override Task RenewMessageLockAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        SettleAsync(BrokerOperation.RenewLock, message, static (found, token, now) => found.RenewLock(SubQueue.None, token, now), cancellationToken);

    private async Task SettleAsync(
        BrokerOperation operation, ServiceBusReceivedMessage message, Action<BrokerQueue, string, DateTimeOffset> settle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var request = new BrokerRequest(operation, queue, SubQueue.None, cancellationToken) { SequenceNumbers = [message.SequenceNumber] };
        try
        {
            await broker.CallAsync(request, (found, now) => settle(found, Settlement.TokenOf(message), now));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new HostCallFailedException(exception);
        }
    }
}
