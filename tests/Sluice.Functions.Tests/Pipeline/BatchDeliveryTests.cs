using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>Several events in one request, over instances that know nothing of each other and bells that get lost.</summary>
public sealed class BatchDeliveryTests : PipelineTest
{
    [Fact]
    public void As_many_as_a_batch_takes_go_at_once_in_the_order_of_keeping()
    {
        var sluice = Gathering(events: 3);
        Send(sluice, 3);
        Hear(sluice);
        Assert.Equal([Ids(3)], Batches(sluice));
        foreach (var id in Ids(3)) Assert.Equal((1, AttemptOutcome.Done), Assert.Single(Delivery(sluice, id).Attempts.Select(attempt => (attempt.Number, attempt.Outcome))));
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Single(sluice.Handler.Batches);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Fewer_wait_until_a_bell_that_was_scheduled_for_the_end_of_the_wait()
    {
        var sluice = Gathering(events: 100);
        Send(sluice, 2);
        Hear(sluice);
        var start = sluice.Now;
        Assert.Empty(sluice.Handler.Batches);
        Assert.Equal(1, sluice.Broker.Count(CloudSluice.Queue).Scheduled);
        sluice.Time.Advance(TimeSpan.FromSeconds(4.9));
        Hear(sluice);
        Assert.Empty(sluice.Handler.Batches);
        sluice.Time.Advance(TimeSpan.FromSeconds(0.1));
        Hear(sluice);
        Assert.Equal([Ids(2)], Batches(sluice));
        Assert.All(Ids(2), id => Assert.Equal(start.AddSeconds(5), Delivery(sluice, id).Attempts[0].StartedAt));
        Pass(sluice, TimeSpan.FromMinutes(5));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void The_timer_rings_where_the_bell_for_the_end_of_the_wait_was_lost()
    {
        var sluice = Gathering(events: 100);
        Send(sluice, 2);
        BellsAreLost(sluice);
        Hear(sluice);
        BrokerWorks(sluice);
        Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Scheduled);
        Pass(sluice, TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.Equal([Ids(2)], Batches(sluice));
        Pass(sluice, TimeSpan.FromMinutes(5));
        foreach (var id in Ids(2)) IsDeliveredOnce(sluice, id);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_delivery_whose_first_bell_was_lost_joins_when_its_due_row_rings()
    {
        var sluice = Gathering(events: 2);
        BellsAreLost(sluice);
        Send(sluice, 2);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal([Ids(2)], Batches(sluice));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_bell_that_is_repeated_sends_nothing_again()
    {
        var sluice = Gathering(events: 2);
        Send(sluice, 2);
        var messages = sluice.Broker.Peek(CloudSluice.Queue).ToList();
        Hear(sluice);
        foreach (var message in messages) Run(sluice, () => sluice.Broker.Client.CreateSender(CloudSluice.Queue).SendMessageAsync(new(message) { MessageId = "again" }, Cancellation));
        Hear(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Single(sluice.Handler.Batches);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void What_fails_comes_back_together()
    {
        var sluice = Gathering(events: 3, ("Sluice:Retry:Jitter", "0.2"));
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Send(sluice, 3);
        Hear(sluice);
        Assert.Single(Ids(3).Select(id => Delivery(sluice, id).NextAttemptAt).Distinct());
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal([Ids(3), Ids(3)], Batches(sluice));
        Assert.Single(sluice.Handler.Batches.Select(batch => batch.Id).Distinct());
        foreach (var id in Ids(3)) Assert.Equal([1, 2], Delivery(sluice, id).Attempts.Select(attempt => attempt.Number));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_refusal_is_the_death_of_all_and_each_stands_in_the_dead_letter_queue()
    {
        var sluice = Gathering(events: 3);
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("422 Unprocessable Content"));
        Send(sluice, 3);
        Pass(sluice, TimeSpan.FromMinutes(3));
        foreach (var id in Ids(3)) Assert.Equal(DeliveryStatus.DeadLettered, Delivery(sluice, id).Status);
        NothingIsLeft(sluice, dead: 3);

        // One of them by itself, which then waits for others in vain.
        Run(sluice, () => sluice.OpsAsync((ops, request) => ops.ReplayAsync(request, $"{Ids(3)[1]}")));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal([Ids(3)[1]], Batches(sluice)[^1]);
        Assert.Equal([1, 2], Delivery(sluice, Ids(3)[1]).Attempts.Select(attempt => attempt.Number));
        NothingIsLeft(sluice, dead: 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_instances_at_once_send_each_delivery_once(int seed)
    {
        var sluice = Gathering(events: 5);
        Send(sluice, 33);
        var other = sluice.StartProcess();
        var random = new Random(seed);
        sluice.Tables.Before = _ => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 50)), sluice.Time));
        sluice.Handler.During = stop => Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 200)), sluice.Time, stop);
        Run(sluice, () => Task.WhenAll(Enumerable.Range(0, 8).Select(worker => HearOnAsync(sluice, worker % 2 == 0 ? 0 : other))));
        (sluice.Tables.Before, sluice.Handler.During) = (null, null);
        Pass(sluice, TimeSpan.FromMinutes(3));

        Assert.Equal(Ids(33).Order(), Batches(sluice).SelectMany(batch => batch).Order());
        Assert.All(Batches(sluice), batch => Assert.InRange(batch.Count, 1, 5));
        foreach (var id in Ids(33)) Assert.Single(Delivery(sluice, id).Attempts);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_processor_that_dies_anywhere_while_it_sends_a_batch_loses_none_of_it(bool after)
    {
        for (var (call, hasDied) = (1, true); hasDied; call++)
        {
            var sluice = Gathering(events: 2);
            Send(sluice, 2);
            Run(sluice, sluice.HearOneAsync);
            var death = new Death(sluice, call, after);
            try
            {
                Run(sluice, sluice.HearOneAsync);
            }
            catch (ProcessDiedException)
            {
            }

            death.Over();
            hasDied = death.HasCome;
            Pass(sluice, TimeSpan.FromMinutes(8));
            foreach (var id in Ids(2)) IsDelivered(sluice, id);
            NothingIsLeft(sluice);
        }
    }

    [Fact]
    public void What_waits_when_the_apps_are_deployed_anew_goes_on_waiting_and_goes()
    {
        var sluice = Gathering(events: 100);
        Send(sluice, 2);
        Hear(sluice);
        Run(sluice, () => sluice.DeployAsync());
        Pass(sluice, TimeSpan.FromSeconds(6));
        Assert.Equal([Ids(2)], Batches(sluice));
        NothingIsLeft(sluice);
    }

    private CloudSluice Gathering(int events, params (string, string)[] settings) => Open(
    [
        ("Sluice:Destinations:billing:Format", "CloudEvents"), ("Sluice:Destinations:billing:Batch:Events", $"{events}"), ("Sluice:Destinations:billing:Batch:Wait", "00:00:05"), .. settings,
    ]);

    private static List<EventId> Ids(int count) => [.. Enumerable.Range(1, count).Select(i => CloudSluice.IdOf($"evt_{i}"))];

    private static List<List<EventId>> Batches(CloudSluice sluice) => [.. sluice.Handler.Batches.Select(batch => batch.Deliveries.Select(delivery => delivery.Event.Id).ToList())];

    private static void Send(CloudSluice sluice, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            // The order of keeping is known to the millisecond.
            if (i > 1) sluice.Time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(200, Post(sluice, $"evt_{i}").Status);
        }
    }

    private static void BellsAreLost(CloudSluice sluice) => sluice.Broker.Before = request => request.Operation is BrokerOperation.Send or BrokerOperation.Schedule ? throw NoBroker : default;

    private static async Task HearOnAsync(CloudSluice sluice, int instance)
    {
        while (await sluice.HearOneAsync(instance))
        {
        }
    }
}
