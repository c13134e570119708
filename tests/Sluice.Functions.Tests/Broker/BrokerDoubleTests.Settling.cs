using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>This part: locks, settlements, dead letters.</summary>
public sealed partial class BrokerDoubleTests
{
    [Fact]
    public async Task A_locked_message_is_shown_to_nobody_else_and_a_completed_one_is_gone()
    {
        await SendAsync("a");
        var message = Receive();
        Assert.False(broker.TryReceive(Queue, out _));
        Assert.Equal(new BrokerCounts(1, 0, 0, 1, 0), broker.Count(Queue));

        await receiver.CompleteMessageAsync(message, Token);

        Assert.Equal(new BrokerCounts(0, 0, 0, 0, 0), broker.Count(Queue));
        await RefusedAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.CompleteMessageAsync(message, Token));
    }

    [Fact]
    public async Task An_abandoned_message_comes_back_at_once_in_its_old_place_counted_and_changed()
    {
        await SendAsync("a");
        await SendAsync("b");
        await receiver.AbandonMessageAsync(Receive(), new Dictionary<string, object> { ["note"] = "busy" }, Token);

        var again = Receive();

        Assert.Equal(("a", 2, "busy"), (again.MessageId, again.DeliveryCount, again.ApplicationProperties["note"]));
    }

    [Fact]
    public async Task A_lock_ends_with_its_time_and_the_message_comes_back()
    {
        await SendAsync("a");
        var first = Receive();
        Assert.Equal(Start.AddMinutes(1), broker.NextChange);

        time.Advance(TimeSpan.FromMinutes(1));

        await RefusedAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.CompleteMessageAsync(first, Token));
        await RefusedAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.RenewMessageLockAsync(first, Token));
        var second = Receive();
        Assert.Equal((1, 2), (first.DeliveryCount, second.DeliveryCount));
        Assert.NotEqual(first.LockToken, second.LockToken);
        await RefusedAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.AbandonMessageAsync(first, cancellationToken: Token));
    }

    [Fact]
    public async Task A_renewed_lock_holds_as_long_again()
    {
        await SendAsync("a");
        var message = Receive();
        time.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewMessageLockAsync(message, Token);
        Assert.Equal(Start.AddSeconds(110), broker.NextChange);
        time.Advance(TimeSpan.FromSeconds(50));

        await receiver.CompleteMessageAsync(message, Token);

        Assert.Null(broker.NextChange);
    }

    [Fact]
    public async Task After_the_last_delivery_the_broker_dead_letters_by_itself()
    {
        await SendAsync("a");
        for (var delivery = 1; delivery < 10; delivery++) await receiver.AbandonMessageAsync(Receive(), cancellationToken: Token);
        var last = Receive();
        Assert.Equal(10, last.DeliveryCount);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(broker.TryReceive(Queue, out _));
        var dead = Receive(SubQueue.DeadLetter);
        Assert.Equal(("a", "MaxDeliveryCountExceeded"), (dead.MessageId, dead.DeadLetterReason));
    }

    [Fact]
    public async Task A_dead_letter_says_why_in_its_properties_and_keeps_its_number()
    {
        await SendAsync("a");
        var message = Receive();
        await receiver.DeadLetterMessageAsync(message, new Dictionary<string, object> { ["sluice-dead"] = 4 }, "Gone", "answered 410", Token);

        var dead = await deadReceiver.ReceiveMessageAsync(cancellationToken: Token);

        Assert.Equal(("Gone", "answered 410", message.SequenceNumber), (dead.DeadLetterReason, dead.DeadLetterErrorDescription, dead.SequenceNumber));
        Assert.Equal(
            new Dictionary<string, object> { ["sluice-dead"] = 4, ["DeadLetterReason"] = "Gone", ["DeadLetterErrorDescription"] = "answered 410" },
            dead.ApplicationProperties);
        await RefusedAsync(ServiceBusFailureReason.MessageLockLost, () => receiver.CompleteMessageAsync(dead, Token));
        await deadReceiver.CompleteMessageAsync(dead, Token);
        Assert.Equal(0, broker.Count(Queue).DeadLettered);
    }

    [Fact]
    public async Task A_dead_letter_stays_however_often_it_is_taken_up()
    {
        await SendAsync("a");
        await receiver.DeadLetterMessageAsync(Receive(), "Gone", null, Token);
        for (var taken = 0; taken < 20; taken++)
        {
            Receive(SubQueue.DeadLetter);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(1, Receive(SubQueue.DeadLetter).DeliveryCount);
    }

    [Fact]
    public async Task A_reason_that_is_too_long_or_given_twice_is_refused_by_the_client()
    {
        await SendAsync("a");
        var message = Receive();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => receiver.DeadLetterMessageAsync(message, new string('x', 4097), null, Token));
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            receiver.DeadLetterMessageAsync(message, new Dictionary<string, object> { ["DeadLetterReason"] = "this" }, "that", null, Token));
        Assert.Equal(0, broker.CallsOf(BrokerOperation.DeadLetter));
    }

    [Fact]
    public async Task A_deferred_message_is_received_by_its_number_only()
    {
        await SendAsync("a");
        await receiver.DeferMessageAsync(Receive(), cancellationToken: Token);
        Assert.False(broker.TryReceive(Queue, out _));

        var deferred = await receiver.ReceiveDeferredMessageAsync(1, Token);
        await RefusedAsync(ServiceBusFailureReason.MessageNotFound, () => receiver.ReceiveDeferredMessageAsync(1, Token));
        await receiver.AbandonMessageAsync(deferred, cancellationToken: Token);
        Assert.Equal(1, broker.Count(Queue).Deferred);

        await receiver.CompleteMessageAsync(await receiver.ReceiveDeferredMessageAsync(1, Token), Token);
        Assert.Empty(broker.Peek(Queue));
    }

    [Fact]
    public async Task An_expired_message_is_dead_lettered_or_gone_as_the_queue_says()
    {
        broker.AddQueue("loose", new BrokerQueueOptions { DeadLetteringOnMessageExpiration = false, DefaultTimeToLive = TimeSpan.FromSeconds(20) });
        await broker.Client.CreateSender("loose").SendMessageAsync(new("x"), Token);
        await sender.SendMessageAsync(new("x") { TimeToLive = TimeSpan.FromSeconds(30), ScheduledEnqueueTime = Start.AddSeconds(30) }, Token);

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal((0, 1), (broker.Count("loose").Active, broker.Count(Queue).Active));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("TTLExpiredException", Receive(SubQueue.DeadLetter).DeadLetterReason);
    }

    [Fact]
    public async Task A_locked_message_expires_only_when_its_lock_is_over()
    {
        await sender.SendMessageAsync(new("x") { TimeToLive = TimeSpan.FromSeconds(30) }, Token);
        var message = Receive();
        time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(1, broker.Count(Queue).Active);

        await receiver.AbandonMessageAsync(message, cancellationToken: Token);

        Assert.Equal(1, broker.Count(Queue).DeadLettered);
    }

    [Fact]
    public async Task A_receiver_that_deletes_takes_without_a_lock()
    {
        await SendAsync("a");
        var taker = broker.Client.CreateReceiver(Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });

        var message = await taker.ReceiveMessageAsync(cancellationToken: Token);

        Assert.Equal(Guid.Empty.ToString(), message.LockToken);
        Assert.Empty(broker.Peek(Queue));
    }

    [Fact]
    public async Task A_resubmit_sends_a_copy_under_a_new_id_and_removes_the_dead_one()
    {
        await SendAsync("a");
        var message = Receive();
        await receiver.DeadLetterMessageAsync(message, new Dictionary<string, object> { ["sluice-dead"] = 4 }, "Gone", null, Token);

        broker.Resubmit(Queue, message.SequenceNumber);

        var again = Receive();
        Assert.Equal(("x", 4, 1), (again.Body.ToString(), again.ApplicationProperties["sluice-dead"], again.DeliveryCount));
        Assert.NotEqual("a", again.MessageId);
        Assert.Equal(0, broker.Count(Queue).DeadLettered);
    }
}
