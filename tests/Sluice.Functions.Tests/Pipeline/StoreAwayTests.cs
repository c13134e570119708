using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The book is away from the processor: a bell can be rung again, an envelope must not be lost.</summary>
public sealed class StoreAwayTests : PipelineTest
{
    [Fact]
    public void A_processor_that_cannot_reach_the_store_waits_half_a_minute_and_then_completes_the_bell_which_the_due_row_rings_again()
    {
        var sluice = Open();
        Post(sluice);
        TablesFail(sluice);
        var before = sluice.Time.Elapsed;
        Hear(sluice);
        Assert.InRange(sluice.Time.Elapsed - before, TimeSpan.FromSeconds(26), TimeSpan.FromSeconds(30));
        Assert.Equal(new BrokerCounts(0, 0, 0, 0, 0), sluice.Broker.Count(CloudSluice.Queue));

        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(4));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_processor_waits_for_a_store_that_comes_back_within_half_a_minute()
    {
        var sluice = Open();
        Post(sluice);
        var back = sluice.Now.AddSeconds(20);
        sluice.Tables.Before = _ => sluice.Now < back ? throw Unreachable : default;
        Hear(sluice);
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_envelope_that_cannot_be_booked_is_sent_on_for_1_to_15_minutes_longer_each_time()
    {
        var sluice = Open();
        TablesFail(sluice);
        Post(sluice);
        var waits = new List<double>();
        for (var tries = 0; tries < 7; tries++)
        {
            Assert.True(Run(sluice, sluice.HearOneAsync));
            var message = Assert.Single(sluice.Broker.Peek(CloudSluice.Queue));
            waits.Add((message.ScheduledEnqueueTime - sluice.Now).TotalMinutes);
            sluice.Time.Advance(message.ScheduledEnqueueTime - sluice.Now);
        }

        Assert.Equal([1, 2, 4, 8, 15, 15, 15], waits);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_envelope_that_can_neither_be_booked_nor_sent_on_ends_in_the_dead_letter_queue_and_the_timer_books_it()
    {
        var sluice = Open();
        TablesFail(sluice);
        Post(sluice);
        sluice.Broker.Before = request => request.Operation == BrokerOperation.Send ? throw NoBroker : default;
        Hear(sluice);
        Assert.Equal("MaxDeliveryCountExceeded", Assert.Single(DeadMessages(sluice)).DeadLetterReason);

        TablesWork(sluice);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_envelope_is_booked_where_it_died_even_when_the_timer_meets_it_while_Tables_is_still_away()
    {
        var sluice = Open();
        TablesFail(sluice);
        Post(sluice);
        sluice.Broker.Before = request => request.Operation == BrokerOperation.Send ? throw NoBroker : default;
        Hear(sluice);
        BrokerWorks(sluice);
        Tick(sluice);
        Assert.Single(DeadMessages(sluice));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_delivery_of_an_event_that_is_dead_is_replayed_by_its_redelivery_also_when_that_travelled_in_a_message()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Post(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal(DeliveryStatus.DeadLettered, Delivery(sluice).Status);
        TablesFail(sluice);
        Post(sluice);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        Assert.Equal(DeliveryStatus.Delivered, Delivery(sluice).Status);
        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
        NothingIsLeft(sluice);
    }
}
