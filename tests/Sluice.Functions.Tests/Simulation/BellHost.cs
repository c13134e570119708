using Azure.Messaging.ServiceBus;
using Sluice.AzureServices.Hosting;
using Sluice.AzureServices.ServiceBus;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What the Functions host does with the queue: hands each message to a process that lives, and renews its lock while the process does.</summary>
internal sealed class BellHost(World world)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRenewal = TimeSpan.FromMinutes(10);

    private ITimer? timer;
    private bool isAwake;

    /// <summary>Something changed: there may be a message, or somebody to take it.</summary>
    public void Wake()
    {
        if (isAwake) return;
        isAwake = true;
        world.Network.Post(_ => Deliver(), null);
    }

    private void Deliver()
    {
        isAwake = false;
        while (world.AnyProcess(FunctionApp.Process, static process => process.Busy < AtOnce) is { } process && world.Broker.TryReceive(Setting.Queue, out var message)) Hand(process, message);
        timer ??= world.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (world.Broker.NextChange is { } next) timer.Change(next > world.Time.GetUtcNow() ? next - world.Time.GetUtcNow() : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void Hand(SimulatedProcess process, ServiceBusReceivedMessage message)
    {
        world.Trace.Add("host", "hands to " + process.Name, message.MessageId, message.DeliveryCount);
        if (message.DeliveryCount > 1) world.Faults.Count(Fault.Redelivered);
        if (message.DeliveryCount == world.Setting.QueueOptions.MaxDeliveryCount) world.Faults.Count(Fault.WornOut);
        var done = process.HearAsync(message);
        if (world.Build.CompletesFirst && BellMessage.IsKind(message, "envelope")) world.Broker.Enter(Setting.Queue, (queue, _) =>
        {
            queue.Complete(SubQueue.None, message.LockToken);
            return true;
        });
        if (!world.Faults.Strikes(Fault.LockNotRenewed)) world.Network.Start(() => RenewAsync(process, message, done));
    }

    private async Task RenewAsync(SimulatedProcess process, ServiceBusReceivedMessage message, Task done)
    {
        for (var began = world.Time.Elapsed; world.Time.Elapsed - began < LongestRenewal;)
        {
            await Task.Delay(Renewal, world.Time);
            if (done.IsCompleted || !process.IsAlive) return;
            try
            {
                await world.Broker.SettleWith(Setting.Queue).RenewMessageLockAsync(message);
            }
            catch (Broker.HostCallFailedException)
            {
                world.Faults.Count(Fault.LockLost);
            }
        }
    }
}
