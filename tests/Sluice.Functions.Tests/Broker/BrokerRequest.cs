using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

public enum BrokerOperation
{
    Send,
    Schedule,
    Cancel,
    Receive,
    ReceiveDeferred,
    Peek,
    Complete,
    Abandon,
    DeadLetter,
    Defer,
    RenewLock,
}

/// <summary>One call of a client, as the hooks see it: what it asks of which queue.</summary>
public sealed record BrokerRequest(BrokerOperation Operation, string Queue, SubQueue SubQueue, CancellationToken CancellationToken)
{
    /// <summary>What is sent or scheduled.</summary>
    public IReadOnlyList<ServiceBusMessage> Messages { get; init; } = [];

    /// <summary>What is settled, cancelled or received by number.</summary>
    public IReadOnlyList<long> SequenceNumbers { get; init; } = [];
}
