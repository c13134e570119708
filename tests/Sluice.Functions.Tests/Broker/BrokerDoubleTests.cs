using System.Runtime.Serialization;
using Azure.Messaging.ServiceBus;
using Sluice.Contracts;

namespace Sluice.Functions.Tests.Broker;

/// <summary>What the rest of this project takes the double's word for. This part: sending and scheduling.</summary>
public sealed partial class BrokerDoubleTests
{
    private const string Queue = "events";

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly VirtualTime time = new(Start);
    private readonly BrokerDouble broker;
    private readonly ServiceBusSender sender;
    private readonly ServiceBusReceiver receiver;
    private readonly ServiceBusReceiver deadReceiver;

    public BrokerDoubleTests()
    {
        broker = new BrokerDouble(time).AddQueue(Queue);
        sender = broker.Client.CreateSender(Queue);
        receiver = broker.Client.CreateReceiver(Queue);
        deadReceiver = broker.Client.CreateReceiver(Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        var message = new ServiceBusMessage("body") { MessageId = "a", Subject = "invoice.paid", ContentType = "text/plain", CorrelationId = "c", To = "t" };
        message.ApplicationProperties["attempt"] = 3;
        await sender.SendMessageAsync(message, Token);

        var received = await receiver.ReceiveMessageAsync(cancellationToken: Token);

        Assert.Equal("body", received.Body.ToString());
        Assert.Equal(("a", "invoice.paid", "text/plain"), (received.MessageId, received.Subject, received.ContentType));
        Assert.Equal(("c", "t"), (received.CorrelationId, received.To));
        Assert.Equal(3, received.ApplicationProperties["attempt"]);
        Assert.Equal((1, 1L, Start, Start.AddMinutes(1)), (received.DeliveryCount, received.SequenceNumber, received.EnqueuedTime, received.LockedUntil));
    }

    [Fact]
    public async Task A_message_changed_after_its_send_arrives_unchanged()
    {
        var message = new ServiceBusMessage("before");
        await sender.SendMessageAsync(message, Token);

        message.Body = BinaryData.FromString("after");
        message.ApplicationProperties["late"] = true;

        var received = Receive();
        Assert.Equal("before", received.Body.ToString());
        Assert.Empty(received.ApplicationProperties);
    }

    [Fact]
    public async Task Messages_are_received_in_the_order_of_their_sequence_numbers()
    {
        await sender.SendMessagesAsync([new("1"), new("2")], Token);
        await sender.SendMessageAsync(new("3"), Token);

        var received = await receiver.ReceiveMessagesAsync(10, cancellationToken: Token);

        Assert.Equal(["1", "2", "3"], received.Select(static message => message.Body.ToString()));
    }

    [Fact]
    public async Task A_receive_from_an_empty_queue_answers_null_at_once()
    {
        Assert.Null(await receiver.ReceiveMessageAsync(TimeSpan.FromMinutes(1), Token));
        Assert.False(broker.TryReceive(Queue, out _));
    }

    [Fact]
    public async Task A_second_message_of_one_id_within_the_window_is_dropped_without_a_word()
    {
        await SendAsync("a");
        time.Advance(TimeSpan.FromSeconds(29));
        await SendAsync("a");
        Assert.Equal(1, broker.Count(Queue).Active);

        time.Advance(TimeSpan.FromSeconds(1));
        await SendAsync("a");
        Assert.Equal(2, broker.Count(Queue).Active);
    }

    [Fact]
    public async Task A_completed_message_still_holds_its_id()
    {
        await SendAsync("a");
        await receiver.CompleteMessageAsync(Receive(), Token);

        await SendAsync("a");

        Assert.Equal(0, broker.Count(Queue).Active);
    }

    [Fact]
    public async Task Duplicates_are_found_when_a_message_is_scheduled_not_when_it_activates()
    {
        await sender.ScheduleMessageAsync(new("x") { MessageId = "a" }, Start.AddMinutes(1), Token);
        await sender.ScheduleMessageAsync(new("x") { MessageId = "a" }, Start.AddMinutes(2), Token);
        time.Advance(TimeSpan.FromSeconds(40));
        await SendAsync("a");
        time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(2, broker.Count(Queue).Active);
    }

    [Fact]
    public async Task Without_an_id_or_a_window_nothing_is_a_duplicate()
    {
        broker.AddQueue("open", new BrokerQueueOptions { DuplicateDetectionWindow = TimeSpan.Zero });
        await sender.SendMessagesAsync([new("x"), new("x")], Token);
        await broker.Client.CreateSender("open").SendMessagesAsync([new("x") { MessageId = "a" }, new("x") { MessageId = "a" }], Token);

        Assert.Equal((2, 2), (broker.Count(Queue).Active, broker.Count("open").Active));
    }

    [Fact]
    public async Task A_scheduled_message_waits_for_its_moment_and_then_gets_a_new_number()
    {
        var number = await sender.ScheduleMessageAsync(new("later"), Start.AddMinutes(1), Token);
        await sender.SendMessageAsync(new("now"), Token);
        Assert.Equal(Start.AddMinutes(1), broker.NextChange);
        Assert.Equal("now", Receive().Body.ToString());
        Assert.False(broker.TryReceive(Queue, out _));

        time.Advance(TimeSpan.FromSeconds(90));

        var later = broker.Peek(Queue).Single(static message => message.Body.ToString() == "later");
        Assert.Equal((ServiceBusMessageState.Active, Start.AddMinutes(1)), (later.State, later.EnqueuedTime));
        Assert.Equal((number, number + 2), (later.EnqueuedSequenceNumber, later.SequenceNumber));
    }

    [Fact]
    public async Task A_message_sent_with_a_moment_to_come_is_scheduled_too()
    {
        await sender.SendMessageAsync(new("x") { ScheduledEnqueueTime = Start.AddSeconds(10) }, Token);
        Assert.Equal(new BrokerCounts(0, 1, 0, 0, 0), broker.Count(Queue));

        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new BrokerCounts(1, 0, 0, 0, 0), broker.Count(Queue));
    }

    [Fact]
    public async Task A_message_scheduled_for_the_past_is_there_at_once()
    {
        await sender.ScheduleMessageAsync(new("x"), Start.AddHours(-1), Token);

        Assert.Equal(Start, Receive().EnqueuedTime);
    }

    [Fact]
    public async Task A_scheduled_message_can_be_cancelled_until_it_activates()
    {
        var first = await sender.ScheduleMessageAsync(new("x"), Start.AddMinutes(1), Token);
        var second = await sender.ScheduleMessageAsync(new("x"), Start.AddMinutes(1), Token);
        await sender.CancelScheduledMessageAsync(first, Token);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(1, broker.Count(Queue).Active);
        await RefusedAsync(ServiceBusFailureReason.MessageNotFound, () => sender.CancelScheduledMessageAsync(second, Token));
    }

    [Fact]
    public async Task A_message_or_a_set_above_the_limit_is_refused_as_a_whole()
    {
        var half = new byte[128 * 1024];
        var crowded = new ServiceBusMessage(new byte[(256 * 1024) - 100]);
        crowded.ApplicationProperties["note"] = new string('x', 100);

        await RefusedAsync(ServiceBusFailureReason.MessageSizeExceeded, () => sender.SendMessageAsync(crowded, Token));
        await RefusedAsync(ServiceBusFailureReason.MessageSizeExceeded, () => sender.SendMessagesAsync([new(half), new(half)], Token));
        await RefusedAsync(ServiceBusFailureReason.MessageSizeExceeded, () => sender.ScheduleMessageAsync(crowded, Start.AddHours(1), Token));
        Assert.Empty(broker.Peek(Queue));
    }

    [Fact]
    public async Task A_batch_takes_what_fits_and_is_sent_as_one()
    {
        using var batch = await sender.CreateMessageBatchAsync(Token);
        Assert.Equal(256 * 1024, batch.MaxSizeInBytes);
        Assert.True(batch.TryAddMessage(new(new byte[200 * 1024])));
        Assert.False(batch.TryAddMessage(new(new byte[100 * 1024])));
        Assert.True(batch.TryAddMessage(new("small")));

        await sender.SendMessagesAsync(batch, Token);

        Assert.Equal((2, 2), (batch.Count, broker.Count(Queue).Active));
        Assert.Equal(1, broker.CallsOf(BrokerOperation.Send));
    }

    [Fact]
    public async Task A_property_that_AMQP_has_no_word_for_is_refused()
    {
        var message = new ServiceBusMessage("x");
        message.ApplicationProperties["list"] = new List<int>();
        await Assert.ThrowsAsync<SerializationException>(() => sender.SendMessageAsync(message, Token));

        message.ApplicationProperties["list"] = new byte[1];
        await RefusedAsync(ServiceBusFailureReason.MessageSizeExceeded, () => sender.SendMessageAsync(message, Token));
    }

    [Fact]
    public async Task A_queue_that_nobody_made_is_not_found() =>
        await RefusedAsync(ServiceBusFailureReason.MessagingEntityNotFound, () => broker.Client.CreateSender("other").SendMessageAsync(new("x"), Token));

    private ServiceBusReceivedMessage Receive(SubQueue subQueue = SubQueue.None) =>
        broker.TryReceive(Queue, out var message, subQueue) ? message : throw new InvalidOperationException("Nothing is there");

    private Task SendAsync(string messageId) => sender.SendMessageAsync(new("x") { MessageId = messageId }, Token);

    private static async Task RefusedAsync(ServiceBusFailureReason reason, Func<Task> call) =>
        Assert.Equal(reason, (await Assert.ThrowsAsync<ServiceBusException>(call)).Reason);
}
