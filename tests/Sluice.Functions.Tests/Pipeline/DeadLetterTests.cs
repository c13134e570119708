using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The dead letters of the book and those of the queue are the same ones, whatever happens to either.</summary>
public sealed class DeadLetterTests : PipelineTest
{
    [Fact]
    public void A_death_whose_message_was_lost_is_rung_by_the_timer_and_the_processor_dead_letters_that_bell()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Post(sluice);
        Assert.True(sluice.Broker.TryReceive(CloudSluice.Queue, out var message));
        Run(sluice, async () =>
        {
            var actions = sluice.Broker.SettleWith(CloudSluice.Queue);
            await actions.CompleteMessageAsync(message, Cancellation);
            await sluice.HearAsync(message, actions, Cancellation);
        });
        Assert.Empty(DeadMessages(sluice));

        Pass(sluice, TimeSpan.FromMinutes(4));
        var dead = Assert.Single(DeadMessages(sluice));
        Assert.Equal(("DeadLettered", "410 Gone", 1), (dead.DeadLetterReason, dead.DeadLetterErrorDescription, (int)dead.ApplicationProperties["sluice-dead"]));
        NothingIsLeft(sluice, dead: 1);
        Pass(sluice, TimeSpan.FromMinutes(10));
        Assert.Single(DeadMessages(sluice));
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void A_delivery_to_a_destination_that_is_gone_dies_in_the_book_and_in_the_queue()
    {
        var sluice = Open();
        Post(sluice);
        Hear(sluice);
        var bell = Run(sluice, () => sluice.Store.AddDeliveryAsync(new(Id, "removed"), sluice.Now.AddMinutes(2), Cancellation).AsTask());
        Assert.NotNull(bell);
        Pass(sluice, TimeSpan.FromMinutes(6));
        Assert.Contains("'removed' is not configured any more", Assert.Single(DeadMessages(sluice)).DeadLetterErrorDescription, StringComparison.Ordinal);
        NothingIsLeft(sluice, dead: 1);
    }

    [Fact]
    public void A_delivery_that_dies_of_its_last_attempt_names_it()
    {
        var sluice = Open(("Sluice:Retry:MaxAttempts", "3"));
        for (var i = 0; i < 3; i++) sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Post(sluice);
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal(3, (int)Assert.Single(DeadMessages(sluice)).ApplicationProperties["sluice-dead"]);
        NothingIsLeft(sluice, dead: 1);
    }

    [Fact]
    public void A_bell_for_a_dead_delivery_that_stands_in_the_dead_letter_queue_is_completed()
    {
        var sluice = Open();
        Die(sluice);
        Send(sluice, Bell(1));
        Send(sluice, Bell(2));
        Hear(sluice);
        Assert.Single(DeadMessages(sluice));
        Assert.Single(sluice.Handler.Calls);
        NothingIsLeft(sluice, dead: 1);
    }

    [Fact]
    public void A_resubmitted_message_of_a_purged_delivery_does_nothing()
    {
        var sluice = Open();
        Die(sluice);
        Ops(sluice, purge: true);
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal(DeliveryStatus.Skipped, Delivery(sluice).Status);
        Assert.Single(sluice.Handler.Calls);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_resubmitted_message_of_a_delivery_that_was_replayed_meanwhile_does_nothing()
    {
        var sluice = Open();
        Die(sluice);
        Ops(sluice, purge: false);
        Hear(sluice);
        IsReplayed(sluice);
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsReplayed(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_message_of_an_earlier_death_replays_nothing_when_the_delivery_has_died_again()
    {
        var sluice = Open();
        Die(sluice);
        var first = Assert.Single(DeadMessages(sluice));
        sluice.Broker.Resubmit(CloudSluice.Queue, first.SequenceNumber);
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Hear(sluice);
        var second = Assert.Single(DeadMessages(sluice));
        Assert.Equal(2, (int)second.ApplicationProperties["sluice-dead"]);

        Send(sluice, new ServiceBusMessage(first) { MessageId = "the first once more" });
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice, dead: 1);
    }

    [Fact]
    public void A_resubmit_while_Tables_is_away_is_done_when_Tables_is_back_or_stands_there_as_before()
    {
        var sluice = Open();
        Die(sluice);
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
        TablesFail(sluice);
        Run(sluice, sluice.HearOneAsync);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsReplayed(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_resubmit_that_never_finds_Tables_stands_in_the_dead_letter_queue_as_before_and_can_be_resubmitted()
    {
        var sluice = Open();
        Die(sluice);
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
        TablesFail(sluice);
        Hear(sluice);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        sluice.Broker.Resubmit(CloudSluice.Queue, Assert.Single(DeadMessages(sluice)).SequenceNumber);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsReplayed(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_replay_or_a_purge_the_timer_removes_the_messages_and_leaves_a_strangers(bool purge)
    {
        var sluice = Open();
        for (var i = 0; i < 20; i++) Die(sluice, $"evt_{i}");
        Send(sluice, new ServiceBusMessage("not ours"));
        Hear(sluice);
        Assert.Equal(21, DeadMessages(sluice).Length);

        Assert.Equal(20, Ops(sluice, purge));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal("NotFromSluice", Assert.Single(DeadMessages(sluice)).DeadLetterReason);
        Assert.Equal(purge ? 20 : 40, sluice.Handler.Calls.Count);
        for (var i = 0; i < 20; i++) Assert.Equal(purge ? DeliveryStatus.Skipped : DeliveryStatus.Delivered, Delivery(sluice, CloudSluice.IdOf($"evt_{i}")).Status);
    }

    [Fact]
    public void A_purge_of_600_dead_letters_empties_the_book_and_the_queue()
    {
        var sluice = Open();
        for (var i = 0; i < 600; i++) Die(sluice, $"evt_{i}");
        Assert.Equal(600, DeadMessages(sluice).Length);
        Assert.Equal(600, Ops(sluice, purge: true));
        Pass(sluice, TimeSpan.FromMinutes(3));
        NothingIsLeft(sluice);
        Assert.Equal(new Inspection.Stats(600, 600, 0, 0, 0, 0, 0, 600), Count(sluice));
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void Behind_thousands_of_dead_letters_that_stay_the_messages_of_replayed_ones_are_removed_too()
    {
        var sluice = Open();
        for (var i = 0; i < 1200; i++) Die(sluice, $"evt_{i}");
        // The newest deaths, far down the queue.
        var last = CloudSluice.IdOf("evt_1199");
        Run(sluice, () => sluice.OpsAsync((ops, request) => ops.ReplayAsync(request, last.ToString())));
        Pass(sluice, TimeSpan.FromMinutes(8));
        Assert.Equal(DeliveryStatus.Delivered, Delivery(sluice, last).Status);
        Assert.Equal(1199, DeadMessages(sluice).Length);
        Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Locked);
    }

    [Fact]
    public void A_message_that_wore_out_in_the_queue_goes_and_its_delivery_is_made()
    {
        var sluice = Open();
        Post(sluice);
        for (var delivery = 0; delivery < 10; delivery++)
        {
            Run(sluice, () => sluice.Broker.DeliverAsync(CloudSluice.Queue, (_, _) => throw new InvalidOperationException("the worker did not start")));
        }

        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(DeadMessages(sluice)).DeadLetterReason);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    private static void Die(CloudSluice sluice, string id = "evt_1")
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Post(sluice, id);
        Hear(sluice);
    }

    private static void IsReplayed(CloudSluice sluice)
    {
        IsDelivered(sluice);
        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
    }

    private static int Ops(CloudSluice sluice, bool purge)
    {
        var (done, next) = (0, (string?)null);
        do
        {
            var answer = Run(sluice, () => sluice.OpsAsync((ops, request) => purge ? ops.PurgeDeadAsync(request) : ops.ReplayDeadAsync(request), next is null ? "" : $"?before={next}"));
            var step = JsonDocument.Parse(answer.Body).RootElement;
            done += step.GetProperty("done").GetInt32();
            next = step.GetProperty("next").GetString();
        }
        while (next is not null);
        return done;
    }

    private static ServiceBusMessage Bell(int attempt) => new()
    {
        MessageId = $"again {attempt}",
        ApplicationProperties = { ["sluice"] = "bell/1", ["event"] = Id.ToString(), ["destination"] = "billing", ["attempt"] = attempt },
    };

    private static void Send(CloudSluice sluice, ServiceBusMessage message) => Run(sluice, () => sluice.Broker.Client.CreateSender(CloudSluice.Queue).SendMessageAsync(message, Cancellation));
}
