using Sluice.Delivery;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The bell is away: the book has the event, and the timer rings.</summary>
public sealed class ServiceBusDownTests : PipelineTest
{
    [Fact]
    public void While_Service_Bus_is_down_a_webhook_is_kept_and_the_timer_rings_it_later()
    {
        var sluice = Open();
        BrokerFails(sluice);
        var answer = Post(sluice);
        Assert.Equal((200, $$"""{"status":"accepted","id":"{{Id}}"}"""), (answer.Status, answer.Body));
        Tick(sluice);

        BrokerWorks(sluice);
        Assert.Equal(0, sluice.Broker.Count(CloudSluice.Queue).Active);
        Pass(sluice, TimeSpan.FromMinutes(3));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void A_timer_that_cannot_ring_loses_nothing_and_goes_on_with_the_rest_of_its_round()
    {
        var sluice = Open();
        BrokerFails(sluice);
        for (var i = 0; i < 40; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromMinutes(10));
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(6));
        for (var i = 0; i < 40; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_{i}"));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_retry_that_could_not_be_rung_comes_by_its_due_row()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Post(sluice);
        sluice.Broker.Before = request => request.Operation == BrokerOperation.Send ? throw NoBroker : default;
        Hear(sluice);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(4));
        IsDelivered(sluice);
        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_message_that_could_not_be_settled_comes_again_and_nothing_is_delivered_twice()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Broker.Before = request => request.Operation == BrokerOperation.Complete ? throw NoBroker : default;
        Hear(sluice);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(3));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Readiness_says_which_service_is_away_and_tells_no_secret()
    {
        var sluice = Open();
        TablesFail(sluice);
        var answer = Run(sluice, sluice.ReadyAsync);
        Assert.Equal(503, answer.Status);
        Assert.Contains("store: Table Storage could not be reached", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("queue:", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("dGVzdA", answer.Body, StringComparison.Ordinal);

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(200, Run(sluice, sluice.ReadyAsync).Status);
    }
}
