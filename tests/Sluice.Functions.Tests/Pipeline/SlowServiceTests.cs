using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A service that does not answer costs a sender a second and a half at most, and after a few nobody waits for it.</summary>
public sealed class SlowServiceTests : PipelineTest
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(1.5);

    [Fact]
    public void A_Tables_that_hangs_is_given_up_within_the_budget_and_the_event_travels_in_a_message()
    {
        var sluice = Open();
        sluice.Tables.Before = _ => Hangs(sluice);
        var (answer, took) = Timed(sluice);
        Assert.Equal((200, $$"""{"status":"accepted","id":"{{Id}}"}"""), (answer.Status, answer.Body));
        Assert.InRange(took, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));

        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(2));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void After_a_few_the_breaker_answers_at_once_and_when_Tables_is_back_it_is_used_again()
    {
        var sluice = Open();
        sluice.Tables.Before = _ => Hangs(sluice);
        for (var i = 0; i < 6; i++) Assert.InRange(Timed(sluice, $"evt_slow_{i}").Took, TimeSpan.Zero, Budget);
        for (var i = 0; i < 20; i++)
        {
            var (answer, took) = Timed(sluice, $"evt_{i}");
            Assert.Equal((200, TimeSpan.Zero), (answer.Status, took));
        }

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(4));
        var sent = sluice.Broker.Count(CloudSluice.Queue).Active;
        Assert.Equal(TimeSpan.Zero, Timed(sluice).Took);
        // A bell, not an envelope: the book has it.
        Assert.Equal("bell/1", sluice.Broker.Peek(CloudSluice.Queue)[sent].ApplicationProperties["sluice"]);
        Pass(sluice, TimeSpan.FromMinutes(2));
        for (var i = 0; i < 6; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_slow_{i}"));
        for (var i = 0; i < 20; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_{i}"));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void With_both_hanging_the_answer_is_503_within_the_budget()
    {
        var sluice = Open();
        sluice.Tables.Before = _ => Hangs(sluice);
        sluice.Broker.Before = _ => Hangs(sluice);
        for (var i = 0; i < 10; i++)
        {
            var (answer, took) = Timed(sluice);
            Assert.Equal((503, "5"), (answer.Status, answer.Headers.RetryAfter.ToString()));
            Assert.InRange(took, TimeSpan.Zero, Budget);
        }
    }

    [Fact]
    public void A_Service_Bus_that_hangs_is_given_up_after_300_ms_and_the_answer_is_200()
    {
        var sluice = Open();
        sluice.Broker.Before = _ => Hangs(sluice);
        var (answer, took) = Timed(sluice);
        Assert.Equal((200, TimeSpan.FromMilliseconds(300)), (answer.Status, took));

        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(4));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_Service_Bus_that_hangs_costs_a_few_events_their_300_ms_and_no_more()
    {
        var sluice = Open();
        sluice.Broker.Before = _ => Hangs(sluice);
        for (var i = 0; i < 6; i++) Timed(sluice, $"evt_slow_{i}");
        for (var i = 0; i < 20; i++) Assert.Equal(TimeSpan.Zero, Timed(sluice, $"evt_{i}").Took);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(4));
        for (var i = 0; i < 20; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_{i}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(30)]
    public void With_several_destinations_a_Service_Bus_that_hangs_does_not_cost_more_than_the_budget(int destinations)
    {
        var sluice = Open([.. Enumerable.Range(0, destinations).Select(i => ($"Sluice:Destinations:d{i}:Handler", RecordingHandler.HandlerName))]);
        sluice.Broker.Before = _ => Hangs(sluice);
        var (answer, took) = Timed(sluice);
        Assert.Equal(200, answer.Status);
        Assert.InRange(took, TimeSpan.Zero, Budget);
        BrokerWorks(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.All(Run(sluice, () => sluice.FindAsync(Id)).Deliveries, delivery => Assert.Equal(DeliveryStatus.Delivered, delivery.Status));
    }

    [Fact]
    public void A_Tables_that_is_slow_but_works_is_waited_for()
    {
        var sluice = Open();
        sluice.Tables.Before = _ => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(100), sluice.Time));
        var (answer, took) = Timed(sluice);
        Assert.Equal(200, answer.Status);
        Assert.InRange(took, TimeSpan.FromMilliseconds(100), Budget);
        Hear(sluice);
        IsDeliveredOnce(sluice);
    }

    [Fact]
    public void A_processor_whose_store_hangs_gives_up_within_its_lock_and_the_due_row_brings_the_delivery_back()
    {
        var sluice = Open();
        Post(sluice);
        sluice.Tables.Before = _ => Hangs(sluice);
        var before = sluice.Time.Elapsed;
        Hear(sluice);
        Assert.InRange(sluice.Time.Elapsed - before, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(60));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_timer_whose_services_hang_ends_its_round()
    {
        var sluice = Open();
        sluice.Tables.Before = _ => Hangs(sluice);
        sluice.Broker.Before = _ => Hangs(sluice);
        var before = sluice.Time.Elapsed;
        Tick(sluice);
        Assert.InRange(sluice.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    private static ValueTask Hangs(CloudSluice sluice) => new(Task.Delay(TimeSpan.FromMinutes(50), sluice.Time));

    private static (CloudAnswer Answer, TimeSpan Took) Timed(CloudSluice sluice, string id = "evt_1")
    {
        var before = sluice.Time.Elapsed;
        var answer = Post(sluice, id);
        return (answer, sluice.Time.Elapsed - before);
    }
}
