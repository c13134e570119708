using Sluice.AzureServices.ServiceBus;
using Sluice.Contracts;
using Sluice.Functions.Tests.Broker;
using Sluice.Processing;

namespace Sluice.Functions.Tests.Store;

/// <summary>The promises of the bell, on Service Bus as it documents itself.</summary>
public sealed class ServiceBusTaskQueueTests : TaskQueueContract
{
    protected override int Workers => 0;

    protected override ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear)
    {
        var broker = new BrokerDouble(time).AddQueue("events");
        broker.After = request =>
        {
            // Workers are elsewhere and do not hold up the sender.
            if (request.Operation == BrokerOperation.Send) _ = PumpAsync(broker, hear);
            return default;
        };
        return new ServiceBusTaskQueue(broker.Client.CreateSender("events"), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), time);
    }

    private static async Task PumpAsync(BrokerDouble broker, Func<Bell, Task> hear)
    {
        while (broker.TryReceive("events", out var message))
        {
            await broker.SettleWith("events").CompleteMessageAsync(message);
            await hear(BellMessage.Read(message)!);
        }
    }
}
