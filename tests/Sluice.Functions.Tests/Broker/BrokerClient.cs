using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

internal sealed class BrokerClient(BrokerDouble broker) : ServiceBusClient
{
    private bool isClosed;

    public override string FullyQualifiedNamespace => broker.FullyQualifiedNamespace;

    public override string Identifier => "double";

    public override bool IsClosed => isClosed;

    public override ServiceBusSender CreateSender(string queueOrTopicName) => CreateSender(queueOrTopicName, new ServiceBusSenderOptions());

    public override ServiceBusSender CreateSender(string queueOrTopicName, ServiceBusSenderOptions options)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        return new BrokerSender(broker, this, queueOrTopicName);
    }

    public override ServiceBusReceiver CreateReceiver(string queueName) => CreateReceiver(queueName, new ServiceBusReceiverOptions());

    public override ServiceBusReceiver CreateReceiver(string queueName, ServiceBusReceiverOptions options)
    {
        ObjectDisposedException.ThrowIf(isClosed, this);
        return new BrokerReceiver(broker, this, queueName, options);
    }

    public override ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName) => throw NoTopics();

    public override ServiceBusReceiver CreateReceiver(string topicName, string subscriptionName, ServiceBusReceiverOptions options) => throw NoTopics();

#pragma warning disable CA2215 // The package's own would close a connection that a double has not.
    public override ValueTask DisposeAsync()
#pragma warning restore CA2215
    {
        isClosed = true;
        return ValueTask.CompletedTask;
    }

    private static NotSupportedException NoTopics() => new("This namespace has queues and no topics");
}
