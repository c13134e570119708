using System.Diagnostics.CodeAnalysis;
using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace Sluice.Functions.Tests.Broker;

/// <summary>
/// A Service Bus namespace in memory. It has no time of its own: what the clock has brought is worked out when somebody asks, and
/// whoever moves the clock reads <see cref="NextChange"/>. A receive answers at once with what is there, however long it may wait.
/// </summary>
public sealed class BrokerDouble
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Dictionary<string, BrokerQueue> queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<BrokerOperation, long> calls = [];
    private int lastLock;
    private int lastResubmit;

    public BrokerDouble(TimeProvider time, string fullyQualifiedNamespace = "double.servicebus.windows.net")
    {
        (this.time, FullyQualifiedNamespace) = (time, fullyQualifiedNamespace);
        Client = CreateClient();
    }

    public string FullyQualifiedNamespace { get; }

    public ServiceBusClient Client { get; }

    /// <summary>Runs before a call has its effect: what it throws is what the caller gets.</summary>
    public Func<BrokerRequest, ValueTask>? Before { get; set; }

    /// <summary>Runs when a call has had its effect: what it throws takes the place of the answer, and the caller cannot know.</summary>
    public Func<BrokerRequest, ValueTask>? After { get; set; }

    /// <summary>When the next scheduled message activates, lock ends or message expires.</summary>
    public DateTimeOffset? NextChange
    {
        get
        {
            lock (gate)
            {
                var now = time.GetUtcNow();
                foreach (var queue in queues.Values) queue.CatchUp(now);
                return queues.Values.Min(static queue => queue.NextChange);
            }
        }
    }

    public BrokerDouble AddQueue(string name, BrokerQueueOptions? options = null)
    {
        lock (gate) queues.Add(name, new BrokerQueue(name, options ?? new(), () => new Guid(++lastLock, 0, 0, new byte[8])));
        return this;
    }

    /// <summary>A further client, as another process has it.</summary>
    public ServiceBusClient CreateClient() => new BrokerClient(this);

    /// <summary>How often clients have made this call, the refused ones too.</summary>
    public long CallsOf(BrokerOperation operation)
    {
        lock (gate) return calls.GetValueOrDefault(operation);
    }

    public BrokerCounts Count(string queue) => Enter(queue, static (found, _) => found.Counts);

    /// <summary>Everything there is, past the hooks.</summary>
    public IReadOnlyList<ServiceBusReceivedMessage> Peek(string queue, SubQueue subQueue = SubQueue.None) => Enter(queue, (found, _) => found.PeekAll(subQueue));

    /// <summary>The next message under a lock, past the hooks, as the Functions host fetches it.</summary>
    public bool TryReceive(string queue, [NotNullWhen(true)] out ServiceBusReceivedMessage? message, SubQueue subQueue = SubQueue.None)
    {
        message = Enter(queue, (found, now) => found.Receive(subQueue, ServiceBusReceiveMode.PeekLock, 1, now)) is [var received] ? received : null;
        return message is not null;
    }

    /// <summary>What a function settles the messages of this queue with.</summary>
    public ServiceBusMessageActions SettleWith(string queue) => new BrokerMessageActions(this, queue);

    /// <summary>
    /// One turn of the Functions host: fetches a message and runs the function; a throw leaves what is not settled abandoned.
    /// False when nothing is there.
    /// </summary>
    public async Task<bool> DeliverAsync(string queue, Func<ServiceBusReceivedMessage, ServiceBusMessageActions, Task> function)
    {
        if (!TryReceive(queue, out var message)) return false;
        try
        {
            await function(message, SettleWith(queue));
        }
#pragma warning disable CA1031 // Whatever a function throws, its host abandons.
        catch
#pragma warning restore CA1031
        {
            Enter(queue, (found, _) =>
            {
                if (found.IsHeld(message.LockToken)) found.Abandon(SubQueue.None, message.LockToken, null);
                return true;
            });
        }

        return true;
    }

    /// <summary>What somebody does in the portal: sends a dead-lettered message again under a new id, with all its properties, and removes the dead one.</summary>
    public void Resubmit(string queue, long sequenceNumber) => Enter(queue, (found, now) =>
    {
        var copy = found.CopyDead(sequenceNumber);
        copy.MessageId = $"resubmitted-{++lastResubmit}";
        copy.ScheduledEnqueueTime = default;
        found.Send([copy], now);
        found.RemoveDead(sequenceNumber);
        return true;
    });

    /// <summary>One call of a client, between its hooks.</summary>
    internal async Task<T> CallAsync<T>(BrokerRequest request, Func<BrokerQueue, DateTimeOffset, T> effect)
    {
        lock (gate) calls[request.Operation] = calls.GetValueOrDefault(request.Operation) + 1;
        if (Before is { } before) await before(request);
        request.CancellationToken.ThrowIfCancellationRequested();
        var answer = Enter(request.Queue, effect);
        if (After is { } after) await after(request);
        return answer;
    }

    internal Task CallAsync(BrokerRequest request, Action<BrokerQueue, DateTimeOffset> effect) => CallAsync(request, (queue, now) =>
    {
        effect(queue, now);
        return true;
    });

    internal T Enter<T>(string queue, Func<BrokerQueue, DateTimeOffset, T> act)
    {
        lock (gate)
        {
            if (!queues.TryGetValue(queue, out var found))
                throw new ServiceBusException($"The messaging entity '{queue}' could not be found", ServiceBusFailureReason.MessagingEntityNotFound, queue);
            var now = time.GetUtcNow();
            found.CatchUp(now);
            return act(found, now);
        }
    }
}
