using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>More destinations than one transaction holds.</summary>
public sealed class DestinationTests : PipelineTest
{
    private const int Many = 200;

    [Fact]
    public void An_event_with_200_destinations_is_delivered_to_each_once()
    {
        var sluice = OpenWithMany();
        Assert.Equal(200, Post(sluice).Status);
        Pass(sluice, TimeSpan.FromMinutes(1));
        AllAreDelivered(sluice);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(60)]
    [InlineData(250)]
    public void An_event_with_200_destinations_is_delivered_to_each_once_also_when_ingest_dies_on_its_way(int call)
    {
        var sluice = OpenWithMany();
        Run(sluice, () => sluice.Store.PingAsync(Cancellation).AsTask());
        // The second call is the transaction with the event and its first deliveries.
        var death = new Death(sluice, call, after: true);
        Assert.Throws<ProcessDiedException>(() => Post(sluice));
        death.Over();
        Pass(sluice, TimeSpan.FromMinutes(12));
        AllAreDelivered(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void An_event_with_200_destinations_that_travelled_in_a_message_is_delivered_to_each_once()
    {
        var sluice = OpenWithMany();
        TablesFail(sluice);
        Assert.Equal(200, Post(sluice).Status);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(4));
        AllAreDelivered(sluice);
    }

    [Fact]
    public void With_a_Tables_that_takes_its_time_ingest_answers_within_its_budget_and_the_rest_follows()
    {
        var sluice = OpenWithMany();
        Post(sluice, "evt_other");
        Pass(sluice, TimeSpan.FromMinutes(1));
        sluice.Handler.Calls.Clear();
        sluice.Tables.Before = _ => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(10), sluice.Time));
        var before = sluice.Time.Elapsed;
        Assert.Equal(200, Post(sluice).Status);
        Assert.InRange(sluice.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromSeconds(1.5));
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(10));
        AllAreDelivered(sluice);
    }

    private CloudSluice OpenWithMany() => Open([.. Enumerable.Range(1, Many - 1).Select(i => ($"Sluice:Destinations:d{i}:Handler", RecordingHandler.HandlerName))]);

    private static void AllAreDelivered(CloudSluice sluice)
    {
        var deliveries = Run(sluice, () => sluice.FindAsync(Id)).Deliveries;
        Assert.Equal(Many, deliveries.Count);
        Assert.All(deliveries, delivery => Assert.Equal(DeliveryStatus.Delivered, delivery.Status));
        Assert.Equal(Many, sluice.Handler.Calls.Count);
        Assert.Equal(Many, sluice.Handler.Calls.DistinctBy(call => call.Context.Destination.Name).Count());
        NothingIsLeft(sluice);
    }
}
