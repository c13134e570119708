using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>One queue and its dead-letter queue: every caller holds the lock of the broker and has let it catch up with the clock.</summary>
internal sealed partial class BrokerQueue(string name, BrokerQueueOptions options, Func<Guid> newLockToken)
{
    private const int MostPeeked = 250;

    private readonly SortedDictionary<long, StoredMessage> main = [];
    private readonly SortedDictionary<long, StoredMessage> dead = [];
    private readonly HashSet<string> seen = [];
    private readonly Queue<(string MessageId, DateTimeOffset At)> history = [];
    private long lastSequenceNumber;

    public BrokerCounts Counts => new(
        main.Values.Count(static message => message.State == ServiceBusMessageState.Active),
        main.Values.Count(static message => message.State == ServiceBusMessageState.Scheduled),
        main.Values.Count(static message => message.State == ServiceBusMessageState.Deferred),
        main.Values.Count(static message => message.LockedUntil is not null),
        dead.Count);

    public int MaxMessageBytes => options.MaxMessageBytes;

    /// <summary>All or nothing: what is too large as a whole is refused as a whole.</summary>
    public IReadOnlyList<long> Send(IReadOnlyList<ServiceBusMessage> messages, DateTimeOffset now)
    {
        var copies = messages.Select(WireFormat.Copy).ToArray();
        if (copies.Sum(WireFormat.Size) > options.MaxMessageBytes)
        {
            throw new ServiceBusException(
                $"The received message or batch is larger than the limit of {options.MaxMessageBytes} bytes", ServiceBusFailureReason.MessageSizeExceeded, name);
        }

        return [.. copies.Select(copy => Enqueue(copy, now))];
    }

    public void Cancel(IReadOnlyList<long> sequenceNumbers)
    {
        foreach (var number in sequenceNumbers)
        {
            if (!main.TryGetValue(number, out var message) || message.State != ServiceBusMessageState.Scheduled) throw NotFound(number);
        }

        foreach (var number in sequenceNumbers) main.Remove(number);
    }

    public IReadOnlyList<ServiceBusReceivedMessage> Peek(SubQueue subQueue, int most, long from) =>
        [.. Messages(subQueue).Values.SkipWhile(message => message.SequenceNumber < from).Take(Math.Min(most, MostPeeked)).Select(static message => message.Peeked())];

    public IReadOnlyList<ServiceBusReceivedMessage> PeekAll(SubQueue subQueue) => [.. Messages(subQueue).Values.Select(static message => message.Peeked())];

    public IReadOnlyList<ServiceBusReceivedMessage> Receive(SubQueue subQueue, ServiceBusReceiveMode mode, int most, DateTimeOffset now)
    {
        var messages = Messages(subQueue);
        var free = messages.Values.Where(static message => message.IsFree).Take(most).ToArray();
        foreach (var message in free)
        {
            if (mode == ServiceBusReceiveMode.ReceiveAndDelete) messages.Remove(message.SequenceNumber);
            else Hold(message, now);
        }

        return [.. free.Select(static message => message.Received())];
    }

    public IReadOnlyList<ServiceBusReceivedMessage> ReceiveDeferred(SubQueue subQueue, IReadOnlyList<long> sequenceNumbers, DateTimeOffset now)
    {
        var messages = Messages(subQueue);
        var deferred = sequenceNumbers.Select(number =>
            messages.TryGetValue(number, out var message) && message.State == ServiceBusMessageState.Deferred && message.LockedUntil is null
                ? message
                : throw NotFound(number)).ToArray();
        foreach (var message in deferred) Hold(message, now);
        return [.. deferred.Select(static message => message.Received())];
    }

    /// <summary>The content of a dead-lettered message, for a new send of it; it stays where it is.</summary>
    public ServiceBusMessage CopyDead(long sequenceNumber) => dead.TryGetValue(sequenceNumber, out var message) ? message.Copy() : throw NotFound(sequenceNumber);

    public void RemoveDead(long sequenceNumber) => dead.Remove(sequenceNumber);

    // A duplicate is dropped without a word: its sender gets a number like any other.
    private long Enqueue(ServiceBusMessage message, DateTimeOffset now)
    {
        var number = ++lastSequenceNumber;
        if (IsDuplicate(message.MessageId, now)) return number;
        var isScheduled = message.ScheduledEnqueueTime > now;
        main.Add(number, new StoredMessage(message, options.DefaultTimeToLive)
        {
            SequenceNumber = number,
            FirstSequenceNumber = number,
            EnqueuedTime = WireFormat.Moment(now),
            State = isScheduled ? ServiceBusMessageState.Scheduled : ServiceBusMessageState.Active,
        });
        Expect(isScheduled ? message.ScheduledEnqueueTime : main[number].ExpiresAt);
        return number;
    }

    private bool IsDuplicate(string? messageId, DateTimeOffset now)
    {
        if (messageId is null || options.DuplicateDetectionWindow <= TimeSpan.Zero) return false;
        while (history.TryPeek(out var oldest) && oldest.At + options.DuplicateDetectionWindow <= now) seen.Remove(history.Dequeue().MessageId);
        if (!seen.Add(messageId)) return true;
        history.Enqueue((messageId, now));
        return false;
    }

    private SortedDictionary<long, StoredMessage> Messages(SubQueue subQueue) => subQueue switch
    {
        SubQueue.None => main,
        SubQueue.DeadLetter => dead,
        _ => throw new ServiceBusException($"Queue '{name}' has no {subQueue}", ServiceBusFailureReason.MessagingEntityNotFound, name),
    };

    private ServiceBusException NotFound(long sequenceNumber) =>
        new($"Failed to lock one or more specified messages. The message with number {sequenceNumber} does not exist", ServiceBusFailureReason.MessageNotFound, name);
}
