using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

internal sealed partial class BrokerQueue
{
    private readonly Dictionary<string, (StoredMessage Message, SubQueue SubQueue)> held = [];
    private DateTimeOffset expected = DateTimeOffset.MaxValue;

    public void Complete(SubQueue subQueue, string lockToken)
    {
        var message = LetGo(subQueue, lockToken);
        Messages(subQueue).Remove(message.SequenceNumber);
    }

    public void Abandon(SubQueue subQueue, string lockToken, IEnumerable<KeyValuePair<string, object>>? propertiesToModify)
    {
        var message = LetGo(subQueue, lockToken);
        message.Modify(propertiesToModify);
        CountDelivery(message, subQueue);
    }

    public void Defer(SubQueue subQueue, string lockToken, IEnumerable<KeyValuePair<string, object>>? propertiesToModify)
    {
        var message = LetGo(subQueue, lockToken);
        message.Modify(propertiesToModify);
        message.State = ServiceBusMessageState.Deferred;
    }

    public void DeadLetter(SubQueue subQueue, string lockToken, IEnumerable<KeyValuePair<string, object>>? propertiesToModify, string? reason, string? description)
    {
        if (subQueue == SubQueue.DeadLetter) throw new InvalidOperationException("A dead-lettered message cannot be dead-lettered again");
        var message = LetGo(subQueue, lockToken);
        message.Modify(propertiesToModify);
        Bury(message, reason, description);
    }

    public void RenewLock(SubQueue subQueue, string lockToken, DateTimeOffset now)
    {
        var message = Held(subQueue, lockToken);
        message.LockedUntil = WireFormat.Moment(now + options.LockDuration);
        Expect(message.LockedUntil.Value);
    }

    public bool IsHeld(string lockToken) => held.ContainsKey(lockToken);

    /// <summary>Does what time has brought since the last call: scheduled messages activate, locks end, messages expire.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        if (now < expected) return;
        foreach (var message in main.Values.Where(message => message.State == ServiceBusMessageState.Scheduled && message.ScheduledFor <= now)
            .OrderBy(static message => message.ScheduledFor).ThenBy(static message => message.SequenceNumber).ToArray())
            Activate(message);
        foreach (var (message, subQueue) in held.Values.Where(hold => hold.Message.LockedUntil <= now).OrderBy(static hold => hold.Message.LockedUntil).ToArray())
        {
            LetGo(message);
            CountDelivery(message, subQueue);
        }

        foreach (var message in main.Values.Where(message => CanExpire(message) && message.ExpiresAt <= now).ToArray()) Expire(message);
        expected = NextChange ?? DateTimeOffset.MaxValue;
    }

    /// <summary>When time will next bring something, if nobody does anything.</summary>
    public DateTimeOffset? NextChange
    {
        get
        {
            var next = main.Values.Where(static message => message.State == ServiceBusMessageState.Scheduled).Select(static message => message.ScheduledFor)
                .Concat(held.Values.Select(static hold => hold.Message.LockedUntil!.Value))
                .Concat(main.Values.Where(CanExpire).Select(static message => message.ExpiresAt))
                .DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
            return next == DateTimeOffset.MaxValue ? null : next;
        }
    }

    // The number a scheduled message was cancelled by ends with its schedule.
    private void Activate(StoredMessage message)
    {
        main.Remove(message.SequenceNumber);
        if (message.EnqueuedTime < message.ScheduledFor) message.EnqueuedTime = message.ScheduledFor;
        (message.SequenceNumber, message.State) = (++lastSequenceNumber, ServiceBusMessageState.Active);
        main.Add(message.SequenceNumber, message);
    }

    private void Expire(StoredMessage message)
    {
        if (options.DeadLetteringOnMessageExpiration) Bury(message, "TTLExpiredException", "The message expired and was dead lettered.");
        else main.Remove(message.SequenceNumber);
    }

    // Nothing is counted in a dead-letter queue, and nothing leaves it by itself.
    private void CountDelivery(StoredMessage message, SubQueue subQueue)
    {
        if (subQueue != SubQueue.None) return;
        if (++message.Deliveries >= options.MaxDeliveryCount)
            Bury(message, "MaxDeliveryCountExceeded", $"Message could not be consumed after {options.MaxDeliveryCount} delivery attempts.");
    }

    private void Bury(StoredMessage message, string? reason, string? description)
    {
        if (reason is not null) message.Modify([new("DeadLetterReason", reason)]);
        if (description is not null) message.Modify([new("DeadLetterErrorDescription", description)]);
        main.Remove(message.SequenceNumber);
        message.State = ServiceBusMessageState.Active;
        dead.Add(message.SequenceNumber, message);
    }

    private static bool CanExpire(StoredMessage message) => message.State != ServiceBusMessageState.Scheduled && message.LockedUntil is null;

    private void Hold(StoredMessage message, DateTimeOffset now)
    {
        (message.LockToken, message.LockedUntil) = (newLockToken(), WireFormat.Moment(now + options.LockDuration));
        held.Add(message.LockToken.ToString(), (message, dead.ContainsKey(message.SequenceNumber) ? SubQueue.DeadLetter : SubQueue.None));
        Expect(message.LockedUntil.Value);
    }

    private StoredMessage Held(SubQueue subQueue, string lockToken) =>
        held.TryGetValue(lockToken, out var hold) && hold.SubQueue == subQueue
            ? hold.Message
            : throw new ServiceBusException(
                "The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.",
                ServiceBusFailureReason.MessageLockLost, name);

    private StoredMessage LetGo(SubQueue subQueue, string lockToken) => LetGo(Held(subQueue, lockToken));

    private StoredMessage LetGo(StoredMessage message)
    {
        held.Remove(message.LockToken.ToString());
        (message.LockToken, message.LockedUntil) = (Guid.Empty, null);
        Expect(message.ExpiresAt);
        return message;
    }

    private void Expect(DateTimeOffset change)
    {
        if (change < expected) expected = change;
    }
}
