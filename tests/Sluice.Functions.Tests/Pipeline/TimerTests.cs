using Sluice.Delivery;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>The timer's rounds: on time, twice, not at all.</summary>
public sealed class TimerTests : PipelineTest
{
    private static readonly (string, string)[] TenMinutes = [("Sluice:Retry:BaseDelay", "00:10:00")];

    [Theory]
    [InlineData("00:02:01")]
    [InlineData("00:03:30")]
    [InlineData("00:10:00")]
    [InlineData("01:00:07")]
    public void A_retry_for_later_waits_as_a_due_row_and_is_delivered_within_a_second_of_its_moment(string delay)
    {
        var sluice = Open(("Sluice:Retry:BaseDelay", delay));
        FailOnce(sluice);
        Assert.Equal(new BrokerCounts(0, 0, 0, 0, 0), sluice.Broker.Count(CloudSluice.Queue));
        Assert.StartsWith("dw-", Assert.Single(IndexRows(sluice, 'd')), StringComparison.Ordinal);
        var due = Delivery(sluice).NextAttemptAt!.Value;

        Pass(sluice, due - sluice.Now + TimeSpan.FromMinutes(1));
        IsDelivered(sluice);
        Assert.InRange(Delivery(sluice).Attempts[1].StartedAt - due, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData("00:00:05")]
    [InlineData("00:02:00")]
    public void A_retry_for_soon_is_a_scheduled_bell_and_needs_no_timer(string delay)
    {
        var sluice = Open(("Sluice:Retry:BaseDelay", delay));
        FailOnce(sluice);
        Assert.Equal(1, sluice.Broker.Count(CloudSluice.Queue).Scheduled);
        var due = Delivery(sluice).NextAttemptAt!.Value;
        sluice.Time.Advance(due - sluice.Now);
        Hear(sluice);
        IsDelivered(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Two_rounds_at_once_ring_a_delivery_that_is_made_once()
    {
        var sluice = Open(TenMinutes);
        for (var i = 0; i < 20; i++) FailOnce(sluice, $"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromMinutes(11));
        Run(sluice, () => Task.WhenAll(sluice.TickAsync(), sluice.TickAsync()));
        Pass(sluice, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 20; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        Assert.Equal(40, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Two_rounds_at_once_whose_requests_take_time_ring_a_delivery_that_is_made_once()
    {
        var sluice = Open(TenMinutes);
        for (var i = 0; i < 20; i++) FailOnce(sluice, $"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromMinutes(11));
        var random = new Random(1);
        sluice.Tables.Before = _ => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 50)), sluice.Time));
        Run(sluice, () => Task.WhenAll(sluice.TickAsync(), sluice.TickAsync()));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 20; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        Assert.Equal(40, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void After_rounds_that_were_missed_the_next_rings_what_is_late()
    {
        var sluice = Open(TenMinutes);
        FailOnce(sluice);
        sluice.Time.Advance(TimeSpan.FromHours(7));
        Pass(sluice, TimeSpan.FromMinutes(1));
        IsDelivered(sluice);
        Pass(sluice, TimeSpan.FromMinutes(5));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Rounds_when_nothing_is_due_ring_nothing()
    {
        var sluice = Open();
        Post(sluice);
        Hear(sluice);
        var sends = sluice.Broker.CallsOf(BrokerOperation.Send);
        Pass(sluice, TimeSpan.FromMinutes(20));
        Assert.Equal(sends, sluice.Broker.CallsOf(BrokerOperation.Send));
    }

    [Fact]
    public void An_event_older_than_the_retention_goes_also_while_its_delivery_waits()
    {
        // Stripe may repeat it for three days: it is kept for four.
        var sluice = Open(("Sluice:Retention", "1.00:00:00"), ("Sluice:Retry:BaseDelay", "5.00:00:00"), ("Sluice:Retry:MaxDelay", "5.00:00:00"), ("Sluice:Retry:Factor", "2"));
        for (var i = 0; i < 5; i++) sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Post(sluice);
        Hear(sluice);
        sluice.Time.Advance(TimeSpan.FromHours(95));
        Tick(sluice);
        Assert.Contains("duplicate", Post(sluice).Body, StringComparison.Ordinal);
        sluice.Time.Advance(TimeSpan.FromHours(2));
        Tick(sluice);
        Assert.Null(Run(sluice, () => sluice.Store.FindAsync(Id, Cancellation).AsTask()));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Single(sluice.Handler.Calls);
        EverythingGoesInTheEnd(sluice);
    }

    private static void FailOnce(CloudSluice sluice, string id = "evt_1")
    {
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Post(sluice, id);
        Hear(sluice);
    }
}
