using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;
using Sluice.AzureServices.ServiceBus;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>One process's way to its queue: it may die before and after each call, and what it had sent arrives all the same.</summary>
internal sealed class ProcessBus(World world, SimulatedProcess process) : ServiceBusClient
{
    public override ServiceBusSender CreateSender(string queueOrTopicName) => new ProcessSender(world, process, world.Broker.Client.CreateSender(queueOrTopicName));

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options) => new ProcessReceiver(process, world.Broker.Client.CreateReceiver(queueName, options));

#pragma warning disable CA2215 // The package's own would close a connection that this has not.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
}

internal sealed class ProcessSender(World world, SimulatedProcess process, ServiceBusSender sender) : ServiceBusSender
{
    public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
    {
        var kind = message.ApplicationProperties[BellMessage.KindProperty] as string;
        // An event was accepted durably; a bell may get lost.
        if (kind == BellMessage.Kind && world.Faults.Strikes(Fault.BellLost))
        {
            world.Trace.Add("bus", "loses", message.MessageId);
            return Task.CompletedTask;
        }

        if (kind != BellMessage.Kind) world.Faults.Count(Fault.Carried);
        world.Trace.Add(process.Name, "sends", message.MessageId, message.ScheduledEnqueueTime == default ? "" : $"for {message.ScheduledEnqueueTime:HH:mm:ss}");
        return process.SendAsync("send", () => SendAgainAsync(message), cancellationToken);
    }

    public override async ValueTask<ServiceBusMessageBatch> CreateMessageBatchAsync(CancellationToken cancellationToken = default) =>
        await process.SendAsync("open link", () => sender.CreateMessageBatchAsync(CancellationToken.None).AsTask(), cancellationToken);

#pragma warning disable CA2215 // As above.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215

    // The SDK sends the very same message again, which the queue's duplicate detection takes for what it is.
    private async Task<bool> SendAgainAsync(ServiceBusMessage message)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await sender.SendMessageAsync(message, CancellationToken.None);
                return true;
            }
            catch (ServiceBusException e) when (e.IsTransient && tries <= world.Setting.SdkRetries)
            {
            }
        }
    }
}

internal sealed class ProcessReceiver(SimulatedProcess process, ServiceBusReceiver receiver) : ServiceBusReceiver
{
    public override Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekMessagesAsync(int maxMessages, long? fromSequenceNumber = null, CancellationToken cancellationToken = default) =>
        process.SendAsync("peek", () => receiver.PeekMessagesAsync(maxMessages, fromSequenceNumber, CancellationToken.None), cancellationToken);

    public override Task<IReadOnlyList<ServiceBusReceivedMessage>> ReceiveMessagesAsync(int maxMessages, TimeSpan? maxWaitTime = null, CancellationToken cancellationToken = default) =>
        process.SendAsync("receive", () => receiver.ReceiveMessagesAsync(maxMessages, maxWaitTime, CancellationToken.None), cancellationToken);

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        process.SendAsync("complete", () => receiver.CompleteMessageAsync(message, CancellationToken.None), cancellationToken);

    public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = null, CancellationToken cancellationToken = default) =>
        process.SendAsync("abandon", () => receiver.AbandonMessageAsync(message, propertiesToModify, CancellationToken.None), cancellationToken);

#pragma warning disable CA2215 // As above.
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
#pragma warning restore CA2215
}

/// <summary>What the host settles for a function of this process.</summary>
internal sealed class ProcessActions(World world, SimulatedProcess process) : ServiceBusMessageActions
{
    private readonly ServiceBusMessageActions actions = world.Broker.SettleWith(Setting.Queue);

    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        process.SendAsync("complete", () => actions.CompleteMessageAsync(message, CancellationToken.None), cancellationToken);

    public override Task AbandonMessageAsync(ServiceBusReceivedMessage message, IDictionary<string, object>? propertiesToModify = default, CancellationToken cancellationToken = default) =>
        process.SendAsync("abandon", () => actions.AbandonMessageAsync(message, propertiesToModify, CancellationToken.None), cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message, Dictionary<string, object>? propertiesToModify = default, string? deadLetterReason = default,
        string? deadLetterErrorDescription = default, CancellationToken cancellationToken = default) =>
        process.SendAsync("dead-letter", () => actions.DeadLetterMessageAsync(message, propertiesToModify, deadLetterReason, deadLetterErrorDescription, CancellationToken.None), cancellationToken);
}
