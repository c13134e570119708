using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Sluice.Events;
using Sluice.Processing;

namespace Sluice.AzureServices.ServiceBus;

/// <summary>The bell as a Service Bus queue, which also carries whole events while the book is away. Workers are elsewhere: nothing is born claimed.</summary>
/// <param name="budget">How long ringing may take: what takes longer is left to the due row.</param>
/// <param name="carryBudget">How long handing over a whole event may take.</param>
public sealed class ServiceBusTaskQueue(ServiceBusSender sender, TimeSpan budget, TimeSpan carryBudget, TimeProvider time) : ITaskQueue, IEnvelopeCarrier
{
    private readonly Gate ringing = NewGate(budget, time);
    private readonly Gate carrying = NewGate(carryBudget, time);

    public TimeSpan Grace => BellTimes.Grace;

    public TimeSpan Horizon => BellTimes.Horizon;

    public bool TryReserve(string destination) => false;

    public void Release(string destination) => throw new InvalidOperationException("no worker of this process was reserved");

    public ValueTask RingAsync(Bell bell, DateTimeOffset at, CancellationToken cancellationToken) =>
        SendAsync(ringing, BellMessage.Write(bell, at > time.GetUtcNow() ? at : null), cancellationToken);

    public ValueTask CarryAsync(WebhookEvent webhook, CancellationToken cancellationToken) => SendAsync(carrying, EnvelopeMessage.Write(webhook), cancellationToken);

    /// <summary>Sends an event's message on for later.</summary>
    /// <exception cref="QueueUnavailableException">It was not accepted, or nobody knows.</exception>
    internal ValueTask SendOnAsync(ServiceBusReceivedMessage message, EventId id) => SendAsync(carrying, EnvelopeMessage.SendOn(message, id, time.GetUtcNow()), CancellationToken.None);

    public async ValueTask PingAsync(CancellationToken cancellationToken) => await carrying.PassAsync(async token =>
    {
        // Opens the link and asks the queue's limits; nothing is sent.
        using var batch = await sender.CreateMessageBatchAsync(token);
        return true;
    }, cancellationToken);

    private async ValueTask SendAsync(Gate gate, ServiceBusMessage message, CancellationToken cancellationToken)
    {
        var fits = await gate.PassAsync(async token =>
        {
            try
            {
                await sender.SendMessageAsync(message, token);
                return true;
            }
            catch (ServiceBusException e) when (e.Reason == ServiceBusFailureReason.MessageSizeExceeded)
            {
                // No failure of the service: the next may be smaller.
                return false;
            }
        }, cancellationToken);
        if (!fits) throw new QueueUnavailableException("Service Bus does not take a message of this size");
    }

    internal static Gate NewGate(TimeSpan budget, TimeProvider time) => new("Service Bus", budget, time, Explain, static (message, cause) => new QueueUnavailableException(message, cause));

    private static string? Explain(Exception fault) => fault switch
    {
        ServiceBusException { Reason: ServiceBusFailureReason.MessagingEntityNotFound } e => $"has no queue '{e.EntityPath}'; check EventQueue",
        ServiceBusException e => $"failed: {e.Reason}",
        UnauthorizedAccessException => "refused this app; its identity needs the role Azure Service Bus Data Sender on the queue",
        AuthenticationFailedException => "needs a token and this app's identity got none; check ServiceBus__clientId and the identity of the app",
        TimeoutException => "did not answer in time",
        RequestFailedException or System.Net.Sockets.SocketException or IOException => "could not be reached",
        _ => null,
    };
}
