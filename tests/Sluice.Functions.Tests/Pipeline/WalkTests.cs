using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A webhook through the three functions, from the post to each of its ends.</summary>
public sealed class WalkTests : IAsyncDisposable
{
    private readonly CloudSluice sluice = new();

    public ValueTask DisposeAsync() => sluice.DisposeAsync();

    [Fact]
    public async Task A_handler_that_fails_twice_delivers_the_third_time()
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        var answer = await sluice.PostAsync("evt_1");
        Assert.Equal((200, $$"""{"status":"accepted","id":"{{CloudSluice.IdOf("evt_1")}}"}"""), (answer.Status, answer.Body));

        await sluice.HearAllAsync();
        Assert.Equal(DeliveryStatus.Retrying, (await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"))).Status);
        await sluice.PassAsync(TimeSpan.FromMinutes(2));

        var delivery = await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"));
        Assert.Equal((DeliveryStatus.Delivered, 3), (delivery.Status, delivery.Attempts.Count));
        // 5 and 20 seconds after each failure: the bells were scheduled for their moment.
        Assert.Equal([0, 10, 30], delivery.Attempts.Select(attempt => (int)(attempt.StartedAt - delivery.Attempts[0].StartedAt).TotalSeconds));
        Assert.All(sluice.Handler.Calls, call => Assert.Equal(CloudSluice.StripeBody("evt_1"), call.Event.Body.ToArray()));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_dead_letter_stands_in_the_dead_letter_queue_and_comes_back_by_replay()
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();

        var dead = Assert.Single(sluice.Broker.Peek(CloudSluice.Queue, SubQueue.DeadLetter));
        Assert.Equal(("DeadLettered", "410 Gone", 1), (dead.DeadLetterReason, dead.DeadLetterErrorDescription, (int)dead.ApplicationProperties["sluice-dead"]));
        Assert.Equal(("invoice.paid", "stripe", "billing"), (dead.Subject, dead.ApplicationProperties["source"], dead.ApplicationProperties["destination"]));
        Assert.Equal(DeliveryStatus.DeadLettered, (await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"))).Status);

        var answer = await sluice.OpsAsync((ops, request) => ops.ReplayDeadAsync(request));
        Assert.Equal((200, 1), (answer.Status, JsonDocument.Parse(answer.Body).RootElement.GetProperty("done").GetInt32()));
        await sluice.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(DeliveryStatus.Delivered, (await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"))).Status);
        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_dead_letter_comes_back_by_a_resubmit_in_the_portal_and_only_once()
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();
        var dead = Assert.Single(sluice.Broker.Peek(CloudSluice.Queue, SubQueue.DeadLetter));

        sluice.Broker.Resubmit(CloudSluice.Queue, dead.SequenceNumber);
        // Somebody clicked twice, and another tool sent a copy.
        await sluice.Broker.Client.CreateSender(CloudSluice.Queue).SendMessageAsync(new ServiceBusMessage(dead) { MessageId = "a copy" }, TestContext.Current.CancellationToken);
        await sluice.HearAllAsync();

        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
        Assert.Equal(DeliveryStatus.Delivered, (await sluice.DeliveryAsync(CloudSluice.IdOf("evt_1"))).Status);
        await sluice.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(2, sluice.Handler.Calls.Count);
        await NothingIsLeftAsync();
    }

    private async Task NothingIsLeftAsync()
    {
        Assert.Equal((0, 0, 0), (sluice.Broker.Count(CloudSluice.Queue).Active, sluice.Broker.Count(CloudSluice.Queue).Scheduled, sluice.Broker.Count(CloudSluice.Queue).DeadLettered));
        Assert.Empty((await sluice.Store.DueAsync(DateTimeOffset.MaxValue, 100, TestContext.Current.CancellationToken)).Rows);
        var kinds = sluice.Tables.Rows("SluiceIndex").Select(row => row.RowKey[0]).Where(kind => kind is 'd' or 'x' or 'o');
        Assert.Empty(kinds);
    }
}
