using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Logging;
using Sluice.AzureServices.Tables;
using Sluice.Delivery.Pacing;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Processing;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>Handles one message of the queue and says what becomes of it: a bell, an event that travelled, a dead letter that somebody resubmitted, or a stranger's.</summary>
public sealed partial class MessageProcessor(
    Processor processor, Ingestor ingestor, Replayer replayer, Sweeper sweeper, Pacing pacing, TableEventStore store, ServiceBusTaskQueue queue, TimeProvider time, ILogger<MessageProcessor> logger)
{
    // As long as a lock holds: what is away for a moment should cost nobody a delivery.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private const int MostReleased = 50;
    private static readonly TimeSpan ReleaseAhead = TimeSpan.FromSeconds(2);

    /// <summary>Never throws for what a message holds or because a service is away.</summary>
    /// <param name="stopping">Cancelled when the host ends the invocation.</param>
    public async Task<Settlement> ProcessAsync(ServiceBusReceivedMessage message, CancellationToken stopping)
    {
        if (EnvelopeMessage.Read(message) is { } webhook) return await BookAsync(message, webhook, stopping);
        if (BellMessage.Read(message) is not { } bell)
        {
            Log.NotOurs(logger, SafeText.OneLine(message.MessageId ?? ""));
            return new Settlement.DeadLetter("NotFromSluice", "This message was not sent by Sluice, or by one that is much newer; nothing was done with it.");
        }

        try
        {
            var settlement = BellMessage.DiedOf(message) is { } attempt ? await ResubmittedAsync(bell.Delivery, attempt, stopping) : await HearAsync(bell, stopping);
            store.Heard(message.EnqueuedTime);
            return settlement;
        }
        catch (Exception e) when (IsAway(e, stopping) && BellMessage.DiedOf(message) is not null)
        {
            // What somebody asked for by sending it again has no due row: it comes again, and in the end stands in the dead-letter queue as before.
            Log.GivenBack(logger, bell.Delivery, e.Message);
            return new Settlement.Abandon();
        }
        catch (Exception e) when (IsAway(e, stopping))
        {
            // The due row rings again. A bell that came back by itself would only hold up the others meanwhile.
            Log.GivenUp(logger, bell.Delivery, e.Message);
            return new Settlement.Complete();
        }
#pragma warning disable CA1031 // The edge of the host: a fault of ours must not make a message go round; lease and due row bring the delivery back.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Fault(logger, e, bell.Delivery);
            return BellMessage.DiedOf(message) is null ? new Settlement.Complete() : new Settlement.Abandon();
        }
    }

    /// <summary>The message stands in the dead-letter queue: the book need not ask for it any more.</summary>
    public async Task DeadLetteredAsync(Settlement.DeadLetter settlement)
    {
        if (settlement.Death is not { } death) return;
        try
        {
            await store.CloseDeathAsync(death.Delivery, death.Attempt, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            Log.NotClosed(logger, death.Delivery, e.Message);
        }
    }

    private static bool IsAway(Exception e, CancellationToken stopping) => e is StoreUnavailableException || (e is OperationCanceledException && stopping.IsCancellationRequested);

    private async Task<Settlement> HearAsync(Bell bell, CancellationToken stopping)
    {
        var processed = await PatientlyAsync(() => processor.ProcessAsync(bell, stopping), stopping);
        if (processed.Claim == ClaimResult.Claimed && pacing.Waits(bell.Delivery.Destination)) await ReleaseAsync(bell.Delivery.Destination, stopping);
        // The queue's part of a death: the one just recorded, or one whose message got lost on its way.
        var mayBeDead = processed.Status == DeliveryStatus.DeadLettered || processed.Claim == ClaimResult.Stale;
        if (!mayBeDead || await PatientlyAsync(() => store.OpenDeathAsync(bell.Delivery, bell.Attempt, stopping), stopping) is not { } death) return new Settlement.Complete();
        return new Settlement.DeadLetter("DeadLettered", death.Reason, (death.Delivery, death.Attempt));
    }

    // An attempt made room: a little of what waits follows, and the timer need not be waited for.
    private async Task ReleaseAsync(string destination, CancellationToken stopping)
    {
        try
        {
            await sweeper.ReleaseAsync(destination, ReleaseAhead, MostReleased, stopping);
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException)
        {
            Log.NotReleased(logger, destination, e.Message);
        }
    }

    // Somebody sent a dead letter's message again: one replay, however often it was sent.
    private async Task<Settlement> ResubmittedAsync(DeliveryId delivery, int attempt, CancellationToken stopping)
    {
        var isDead = await PatientlyAsync(() => store.DeathAsync(delivery, stopping), stopping) == attempt;
        if (isDead && await PatientlyAsync(() => replayer.ReplayAsync(delivery, onlyDead: true, stopping), stopping)) Log.Resubmitted(logger, delivery);
        return new Settlement.Complete();
    }

    private async Task<Settlement> BookAsync(ServiceBusReceivedMessage message, WebhookEvent webhook, CancellationToken stopping)
    {
        try
        {
            await PatientlyAsync(() => ingestor.KeepAsync(webhook, time.GetUtcNow(), isAskedFor: true, stopping), stopping);
            return new Settlement.Complete();
        }
        catch (StoreUnavailableException e)
        {
            Log.SentOn(logger, webhook.Id, e.Message);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return new Settlement.Abandon();
        }

        try
        {
            // First the new message, then the old one goes: never none.
            await queue.SendOnAsync(message, webhook.Id);
            return new Settlement.Complete();
        }
        catch (QueueUnavailableException e)
        {
            Log.NotSentOn(logger, webhook.Id, e.Message);
            return new Settlement.Abandon();
        }
    }

    private async Task<T> PatientlyAsync<T>(Func<ValueTask<T>> work, CancellationToken stopping)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return await work();
            }
            catch (StoreUnavailableException) when (time.GetElapsedTime(started) + Pause < Patience)
            {
            }

            await Task.Delay(Pause, time, stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Message {Id} is none of Sluice's and goes to the dead-letter queue; something else writes to this queue")]
        public static partial void NotOurs(ILogger logger, string id);

        [LoggerMessage(2, LogLevel.Error, "{Delivery}: the store cannot be reached, its due row brings it back: {Reason}")]
        public static partial void GivenUp(ILogger logger, DeliveryId delivery, string reason);

        [LoggerMessage(3, LogLevel.Error, "{Delivery} met a fault of Sluice's own; it is tried again when its lease ends")]
        public static partial void Fault(ILogger logger, Exception fault, DeliveryId delivery);

        [LoggerMessage(4, LogLevel.Information, "{Delivery} was resubmitted in the dead-letter queue and is replayed")]
        public static partial void Resubmitted(ILogger logger, DeliveryId delivery);

        [LoggerMessage(5, LogLevel.Error, "Event {Id} cannot be kept yet and is sent on: {Reason}")]
        public static partial void SentOn(ILogger logger, EventId id, string reason);

        [LoggerMessage(6, LogLevel.Error, "Event {Id} can neither be kept nor sent on and is given back: {Reason}")]
        public static partial void NotSentOn(ILogger logger, EventId id, string reason);

        [LoggerMessage(7, LogLevel.Warning, "{Delivery} stands in the dead-letter queue, which could not be written down: {Reason}")]
        public static partial void NotClosed(ILogger logger, DeliveryId delivery, string reason);

        [LoggerMessage(9, LogLevel.Warning, "What waits with {Destination} goes with the next round of the timer: {Reason}")]
        public static partial void NotReleased(ILogger logger, string destination, string reason);

        [LoggerMessage(8, LogLevel.Error, "{Delivery} was resubmitted, but the store cannot be reached; its message is given back: {Reason}")]
        public static partial void GivenBack(ILogger logger, DeliveryId delivery, string reason);
    }
}
