using Azure.Messaging.ServiceBus;

namespace Sluice.Bench.Silent;

/// <summary>A namespace that takes every message and does nothing with it.</summary>
public sealed class SilentBus : ServiceBusClient
{
    private readonly SilentSender sender = new();

    public long Sent => sender.Sent;

    public override ServiceBusSender CreateSender(string queueOrTopicName) => sender;

    private sealed class SilentSender : ServiceBusSender
    {
        public long Sent { get; private set; }

        public override Task SendMessageAsync(ServiceBusMessage message, CancellationToken cancellationToken = default)
        {
            Sent++;
            return Task.CompletedTask;
        }
    }
}
