using Azure.Messaging.ServiceBus;

namespace Sluice.Functions.Tests.Broker;

/// <summary>This part: functions and their host, faults, many at once.</summary>
public sealed partial class BrokerDoubleTests
{
    [Fact]
    public async Task A_function_settles_through_its_host()
    {
        await sender.SendMessagesAsync([new("complete"), new("dead"), new("defer"), new("throw")], Token);
        while (await broker.DeliverAsync(Queue, static (message, actions) => message.Body.ToString() switch
        {
            "complete" => actions.CompleteMessageAsync(message),
            "dead" => actions.DeadLetterMessageAsync(message, new() { ["sluice-dead"] = 1 }, "Gone", "answered 410"),
            "defer" => actions.DeferMessageAsync(message),
            _ when message.DeliveryCount == 1 => throw new InvalidOperationException("an accident"),
            _ => actions.AbandonMessageAsync(message),
        }))
        {
        }

        Assert.Equal(new BrokerCounts(0, 0, 1, 0, 2), broker.Count(Queue));
        Assert.Equal(["Gone", "MaxDeliveryCountExceeded"], broker.Peek(Queue, SubQueue.DeadLetter).Select(static message => message.DeadLetterReason));
        Assert.Equal((1, 9), (broker.CallsOf(BrokerOperation.Complete), broker.CallsOf(BrokerOperation.Abandon)));
    }

    [Fact]
    public async Task A_settlement_through_the_host_without_the_lock_fails_and_not_as_Service_Bus_would()
    {
        await SendAsync("a");
        var message = Receive();
        var actions = broker.SettleWith(Queue);
        await actions.RenewMessageLockAsync(message, Token);
        time.Advance(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAsync<HostCallFailedException>(() => actions.CompleteMessageAsync(message, Token));
        await Assert.ThrowsAsync<HostCallFailedException>(() => actions.RenewMessageLockAsync(message, Token));
    }

    [Fact]
    public async Task What_is_thrown_before_a_call_takes_the_place_of_its_effect()
    {
        broker.Before = static request =>
            request.Operation == BrokerOperation.Send ? throw new ServiceBusException("slow down", ServiceBusFailureReason.ServiceBusy) : default;
        await RefusedAsync(ServiceBusFailureReason.ServiceBusy, () => SendAsync("a"));
        Assert.Empty(broker.Peek(Queue));

        broker.Before = static _ => throw new UnauthorizedAccessException("'Send' claim required");
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => SendAsync("a"));
        Assert.Equal(2, broker.CallsOf(BrokerOperation.Send));
    }

    [Fact]
    public async Task What_is_thrown_after_a_call_takes_the_place_of_its_answer_only()
    {
        broker.After = static _ => throw new ServiceBusException("no answer", ServiceBusFailureReason.ServiceTimeout);
        await RefusedAsync(ServiceBusFailureReason.ServiceTimeout, () => SendAsync("a"));
        await RefusedAsync(ServiceBusFailureReason.ServiceTimeout, () => receiver.ReceiveMessageAsync(cancellationToken: Token));

        Assert.Equal(new BrokerCounts(1, 0, 0, 1, 0), broker.Count(Queue));
    }

    [Fact]
    public async Task A_hook_sees_what_is_asked_and_can_make_it_wait()
    {
        BrokerRequest? seen = null;
        broker.Before = async request =>
        {
            seen = request;
            await Task.Delay(TimeSpan.FromSeconds(5), time, request.CancellationToken);
        };
        using var cancellation = new CancellationTokenSource();
        var sending = sender.SendMessageAsync(new("x") { MessageId = "a" }, cancellation.Token);
        Assert.Equal((BrokerOperation.Send, Queue, "a"), (seen!.Operation, seen.Queue, seen.Messages[0].MessageId));
        Assert.False(sending.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(5));
        await sending;
        Assert.Equal(Start.AddSeconds(5), broker.Peek(Queue)[0].EnqueuedTime);

        sending = sender.SendMessageAsync(new("y"), cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(broker.Peek(Queue));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_already_has_no_effect()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sender.SendMessageAsync(new("x"), new CancellationToken(canceled: true)));

        Assert.Empty(broker.Peek(Queue));
    }

    [Fact]
    public async Task Clients_share_the_namespace_and_a_closed_one_refuses_its_calls()
    {
        await using var other = broker.CreateClient();
        await other.CreateSender(Queue).SendMessageAsync(new("x"), Token);
        Assert.Equal("x", Receive().Body.ToString());

        await broker.Client.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => SendAsync("a"));
        Assert.True(sender.IsClosed);
        await other.CreateSender(Queue).SendMessageAsync(new("y"), Token);
    }

    [Fact]
    public async Task Many_at_once_lose_nothing_and_get_nothing_twice()
    {
        const int Count = 2000;
        await Parallel.ForAsync(0, Count, Token, async (number, token) => await sender.SendMessageAsync(new($"{number}") { MessageId = $"{number}" }, token));
        var bodies = new System.Collections.Concurrent.ConcurrentBag<string>();

        await Parallel.ForAsync(0, 8, Token, async (_, token) =>
        {
            while (await receiver.ReceiveMessageAsync(null, token) is { } message)
            {
                bodies.Add(message.Body.ToString());
                await receiver.CompleteMessageAsync(message, token);
            }
        });

        Assert.Equal(Count, bodies.Distinct().Count());
        Assert.Equal(Count, bodies.Count);
        Assert.Empty(broker.Peek(Queue));
    }
}
