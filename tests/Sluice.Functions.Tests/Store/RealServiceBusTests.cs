using Azure.Messaging.ServiceBus;
using Sluice.AzureServices.ServiceBus;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Wiring;
using Sluice.Processing;

namespace Sluice.Functions.Tests.Store;

/// <summary>
/// The promises of the bell on the namespace of SLUICE_TEST_SERVICEBUS, in the queue of SLUICE_TEST_QUEUE (<c>sluice-test</c> where that
/// says nothing), which only tests may use: what stands in it is removed.
/// </summary>
public sealed class RealServiceBusTests : TaskQueueContract, IAsyncDisposable
{
    private static readonly string? Namespace = Environment.GetEnvironmentVariable("SLUICE_TEST_SERVICEBUS");
    private static readonly string Queue = Environment.GetEnvironmentVariable("SLUICE_TEST_QUEUE") is { Length: > 0 } name ? name : "sluice-test";

    private readonly CancellationTokenSource end = new();
    private ServiceBusClient? client;
    private Task pump = Task.CompletedTask;

    protected override int Workers => 0;

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await pump;
        if (client is not null) await client.DisposeAsync();
        end.Dispose();
    }

    protected override ITaskQueue Open(TimeProvider time, Func<Bell, Task> hear)
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Namespace), "SLUICE_TEST_SERVICEBUS holds no connection string of a namespace");
        Assert.SkipWhen(ReferenceAssemblyTests.IsReference, "built with reference assemblies, which call no service");
        client = new ServiceBusClient(Namespace);
        var queue = new OwnTime(new ServiceBusTaskQueue(client.CreateSender(Queue), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30), TimeProvider.System), DateTimeOffset.UtcNow - time.GetUtcNow());
        pump = PumpAsync(client.CreateReceiver(Queue), queue, hear, end.Token);
        return queue;
    }

    // What an earlier test, or run, left behind or scheduled is received too, and is nobody's.
    private static async Task PumpAsync(ServiceBusReceiver receiver, OwnTime queue, Func<Bell, Task> hear, CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                if (await receiver.ReceiveMessageAsync(TimeSpan.FromSeconds(5), cancellationToken) is not { } message) continue;
                await receiver.CompleteMessageAsync(message, cancellationToken);
                if (BellMessage.Read(message) is { } bell && queue.IsOwn(bell, out var asRung)) await hear(asRung);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    /// <summary>The contract's clock stands still and its bells are always the same; the service's clock runs and it remembers what was rung before.</summary>
    private sealed class OwnTime(ITaskQueue queue, TimeSpan shift) : ITaskQueue
    {
        private readonly EventId own = EventId.Of("stripe", Guid.NewGuid().ToString());
        private EventId asked;

        public TimeSpan Grace => queue.Grace;

        public TimeSpan Horizon => queue.Horizon;

        public bool TryReserve(string destination) => queue.TryReserve(destination);

        public void Release(string destination) => queue.Release(destination);

        public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken)
        {
            asked = bell.Delivery.Event;
            return queue.RingAsync(bell with { Delivery = new(own, bell.Delivery.Destination) }, at + shift, cancellationToken);
        }

        public ValueTask PingAsync(CancellationToken cancellationToken) => queue.PingAsync(cancellationToken);

        public bool IsOwn(Bell heard, out Bell asRung)
        {
            asRung = heard with { Delivery = new(asked, heard.Delivery.Destination) };
            return heard.Delivery.Event == own;
        }
    }
}
