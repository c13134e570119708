using Azure.Messaging.ServiceBus;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A handler is at work, and its message's lock, its process or its host goes away.</summary>
public sealed class LockTests : PipelineTest
{
    [Fact]
    public void A_message_that_comes_again_while_the_handler_runs_meets_the_lease_and_is_completed_and_nothing_is_delivered_twice()
    {
        var sluice = Open(("Sluice:Destinations:billing:Timeout", "00:01:00"));
        Post(sluice);
        var leaseEnds = sluice.Now.AddSeconds(90);
        sluice.Handler.During = async _ =>
        {
            sluice.Handler.During = null;
            sluice.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(await sluice.HearOneAsync());
            Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Active);
            // What looks after the delivery now is a due row at the lease's end.
            Assert.Equal(leaseEnds.UtcTicks, long.Parse(Assert.Single(IndexRows(sluice, 'd')).AsSpan(3, 19), System.Globalization.CultureInfo.InvariantCulture));
        };
        Hear(sluice);

        IsDeliveredOnce(sluice);
        Pass(sluice, TimeSpan.FromMinutes(10));
        IsDeliveredOnce(sluice);
        Assert.Single(Delivery(sluice).Attempts);
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void A_processor_that_dies_during_the_handler_leaves_an_unknown_attempt_and_another_delivers()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Handler.During = _ =>
        {
            // From here on the process is gone.
            sluice.Tables.Before = _ => throw new ProcessDiedException();
            sluice.Broker.Before = _ => throw new ProcessDiedException();
            return Task.CompletedTask;
        };
        Run(sluice, sluice.HearOneAsync);
        (sluice.Handler.During, sluice.Tables.Before, sluice.Broker.Before) = (null, null, null);

        Pass(sluice, TimeSpan.FromMinutes(5));
        var delivery = Delivery(sluice);
        Assert.Equal(DeliveryStatus.Delivered, delivery.Status);
        Assert.Equal([AttemptOutcome.Unknown, AttemptOutcome.Done], delivery.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal([1, 2], sluice.Handler.Calls.Select(call => call.Context.Attempt));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_processor_that_comes_back_after_its_lease_is_refused_and_its_attempt_is_kept()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Handler.During = async _ =>
        {
            sluice.Handler.During = null;
            // Paused for long; the others live on.
            for (var seconds = 0; seconds < 400; seconds += 20)
            {
                sluice.Time.Advance(TimeSpan.FromSeconds(20));
                await sluice.TickAsync();
                await sluice.HearAllAsync();
            }
        };
        Hear(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        var delivery = Delivery(sluice);
        Assert.Equal(DeliveryStatus.Delivered, delivery.Status);
        Assert.Equal([1, 2], delivery.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_host_that_stops_during_the_handler_records_the_attempt_as_unknown_and_tries_again()
    {
        var sluice = Open();
        Post(sluice);
        using var stop = new CancellationTokenSource();
        sluice.Handler.During = async token =>
        {
            sluice.Handler.During = null;
            await stop.CancelAsync();
            token.ThrowIfCancellationRequested();
        };
        Run(sluice, () => sluice.Broker.DeliverAsync(CloudSluice.Queue, (message, actions) => sluice.HearAsync(message, actions, stop.Token)));

        var attempt = Assert.Single(Delivery(sluice).Attempts);
        Assert.Equal((AttemptOutcome.Unknown, "the host stopped during the attempt"), (attempt.Outcome, attempt.Error));
        Assert.Equal(DeliveryStatus.Retrying, Delivery(sluice).Status);
        // What is there is the bell of the next attempt.
        Assert.Equal(2, Assert.Single(sluice.Broker.Peek(CloudSluice.Queue)).ApplicationProperties["attempt"]);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDelivered(sluice);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_host_that_stops_before_a_message_is_looked_at_loses_nothing(bool isEnvelope)
    {
        var sluice = Open();
        if (isEnvelope) TablesFail(sluice);
        Post(sluice);
        TablesFail(sluice);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(5), sluice.Time);
        Run(sluice, () => sluice.Broker.DeliverAsync(CloudSluice.Queue, (message, actions) => sluice.HearAsync(message, actions, stop.Token)));
        // An envelope is given back; of a bell the due row takes care.
        Assert.Equal(isEnvelope ? 1 : 0, sluice.Broker.Count(CloudSluice.Queue).Active);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_handler_that_never_ends_is_left_behind_and_its_attempt_is_unknown()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Handler.During = _ =>
        {
            sluice.Handler.During = null;
            return new TaskCompletionSource().Task;
        };
        Run(sluice, sluice.HearOneAsync);
        Assert.Equal(AttemptOutcome.Unknown, Assert.Single(Delivery(sluice).Attempts).Outcome);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDelivered(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void An_outcome_that_cannot_be_written_down_for_a_while_is_written_down_then()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Handler.During = _ =>
        {
            var back = sluice.Now.AddSeconds(20);
            sluice.Tables.Before = _ => sluice.Now < back ? throw Unreachable : default;
            return Task.CompletedTask;
        };
        Hear(sluice);
        TablesWork(sluice);
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Two_processors_that_hear_the_same_bell_deliver_once()
    {
        var sluice = Open();
        Post(sluice);
        var message = Assert.Single(sluice.Broker.Peek(CloudSluice.Queue));
        Run(sluice, () => sluice.Broker.Client.CreateSender(CloudSluice.Queue).SendMessageAsync(new ServiceBusMessage(message) { MessageId = "again" }, Cancellation));
        Run(sluice, () => Task.WhenAll(sluice.HearOneAsync(), sluice.HearOneAsync()));
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }
}
