using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>This part: looking without taking.</summary>
public sealed partial class BrokerDoubleTests
{
    [Fact]
    public async Task A_peek_shows_scheduled_deferred_and_locked_messages_and_changes_nothing()
    {
        await sender.SendMessagesAsync([new("deferred"), new("locked"), new("free")], Token);
        await sender.ScheduleMessageAsync(new("scheduled"), Start.AddHours(1), Token);
        await receiver.DeferMessageAsync(Receive(), cancellationToken: Token);
        Receive();

        var peeked = await receiver.PeekMessagesAsync(10, cancellationToken: Token);

        Assert.Equal(
            [
                ("deferred", ServiceBusMessageState.Deferred), ("locked", ServiceBusMessageState.Active), ("free", ServiceBusMessageState.Active),
                ("scheduled", ServiceBusMessageState.Scheduled),
            ],
            peeked.Select(static message => (message.Body.ToString(), message.State)));
        Assert.All(peeked, static message => Assert.Equal((0, Guid.Empty.ToString()), (message.DeliveryCount, message.LockToken)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => receiver.CompleteMessageAsync(peeked[2], Token));
    }

    [Fact]
    public async Task A_peek_shows_at_most_250_and_goes_on_from_its_last_or_from_a_given_number()
    {
        await sender.SendMessagesAsync(Enumerable.Range(0, 300).Select(static number => new ServiceBusMessage($"{number}")), Token);

        Assert.Equal(250, (await receiver.PeekMessagesAsync(1000, cancellationToken: Token)).Count);
        Assert.Equal(50, (await receiver.PeekMessagesAsync(1000, cancellationToken: Token)).Count);
        Assert.Equal(100, (await receiver.PeekMessageAsync(100, Token)).SequenceNumber);
    }
}
