using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Sluice.AzureServices.Tables;
using Sluice.Events;
using Sluice.Ingestion;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>
/// Keeps the queue's dead letters and the book's the same, step by step: events that ended there unbooked are booked, and messages
/// whose delivery is dead no longer, because it was replayed or purged, are removed, as are second ones of the same death. A stranger's messages stay for a person.
/// </summary>
public sealed partial class DeadLetterQueue(ServiceBusReceiver receiver, TableEventStore store, Ingestor ingestor, TimeProvider time, ILogger<DeadLetterQueue> logger)
{
    /// <summary>How many messages a step looks at: as many as one peek gives.</summary>
    private const int InStep = 250;

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly Gate gate = ServiceBusTaskQueue.NewGate(TimeSpan.FromSeconds(10), time);

    // The message of each death that the current round has met: of several, because nobody knew whether one had been moved, the first stays.
    private readonly Dictionary<(DeliveryId Delivery, int Attempt), long> met = [];
    private long next;

    /// <summary>Looks at the next messages, from where the last step ended and again from the first after the last. How many were removed.</summary>
    /// <exception cref="Processing.QueueUnavailableException">The queue cannot be reached.</exception>
    /// <exception cref="Storage.StoreUnavailableException">The store cannot be reached.</exception>
    public async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        var from = next;
        if (from == 0) met.Clear();
        var messages = await gate.PassAsync(token => receiver.PeekMessagesAsync(InStep, from, token), cancellationToken);
        var done = new HashSet<long>();
        foreach (var message in messages)
        {
            if (await IsDoneAsync(message, cancellationToken)) done.Add(message.SequenceNumber);
        }

        next = messages.Count < InStep ? 0 : messages[^1].SequenceNumber + 1;
        return done.Count == 0 ? 0 : await RemoveAsync(done, cancellationToken);
    }

    private async Task<bool> IsDoneAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        if (EnvelopeMessage.Read(message) is { } webhook)
        {
            await ingestor.KeepAsync(webhook, time.GetUtcNow(), isAskedFor: true, cancellationToken);
            Log.Booked(logger, webhook.Id);
            return true;
        }

        // A bell without a death wore out: its due row has long rung again.
        if (BellMessage.Read(message) is not { } bell) return false;
        if (BellMessage.DiedOf(message) is not { } attempt || await store.DeathAsync(bell.Delivery, cancellationToken) != attempt) return true;
        return !met.TryAdd((bell.Delivery, attempt), message.SequenceNumber) && met[(bell.Delivery, attempt)] != message.SequenceNumber;
    }

    // What peeking shows cannot be removed by it: the messages are received, those meant completed and the others given back.
    private async Task<int> RemoveAsync(HashSet<long> done, CancellationToken cancellationToken)
    {
        var removed = 0;
        var others = new List<ServiceBusReceivedMessage>();
        while (done.Count > 0)
        {
            var messages = await gate.PassAsync(token => receiver.ReceiveMessagesAsync(InStep, Wait, token), cancellationToken);
            if (messages.Count == 0) break;
            foreach (var message in messages)
            {
                if (!done.Remove(message.SequenceNumber))
                {
                    others.Add(message);
                    continue;
                }

                await SettleAsync(token => receiver.CompleteMessageAsync(message, token), cancellationToken);
                removed++;
            }

            // Far down the queue it is for another time: locks that are held too long are lost.
            if (others.Count >= 8 * InStep) break;
        }

        foreach (var message in others) await SettleAsync(token => receiver.AbandonMessageAsync(message, cancellationToken: token), cancellationToken);
        return removed;
    }

    private async Task SettleAsync(Func<CancellationToken, Task> settle, CancellationToken cancellationToken)
    {
        try
        {
            await gate.PassAsync(async token =>
            {
                await settle(token);
                return true;
            }, cancellationToken);
        }
        catch (Processing.QueueUnavailableException e)
        {
            // A lock that was lost: the message is still there and is met again.
            Log.NotSettled(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Event {Id} stood in the dead-letter queue unbooked; it is booked now")]
        public static partial void Booked(ILogger logger, EventId id);

        [LoggerMessage(2, LogLevel.Information, "A message of the dead-letter queue could not be settled and is met again: {Reason}")]
        public static partial void NotSettled(ILogger logger, string reason);
    }
}
