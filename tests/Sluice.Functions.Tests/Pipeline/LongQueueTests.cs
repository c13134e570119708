using Sluice.Delivery;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>A bell that waits in a long queue is not a lost one.</summary>
public sealed class LongQueueTests : PipelineTest
{
    [Fact]
    public void Of_a_long_queue_at_most_100_bells_are_rung_again_in_each_round()
    {
        var sluice = Open();
        for (var i = 0; i < 1000; i++) Post(sluice, $"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromMinutes(3));
        for (var round = 0; round < 3; round++)
        {
            Assert.InRange(Sends(sluice, Tick), 1, 100);
            sluice.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal(1000, sluice.Handler.Calls.Count);
        Assert.Equal(1000, sluice.Handler.Calls.DistinctBy(call => call.Event.Id).Count());
        NothingIsLeft(sluice);
    }

    [Theory]
    [InlineData(450)]
    [InlineData(650)]
    public void Retries_that_are_due_are_all_rung_however_long_the_queue_is_and_of_the_queue_100_at_most(int retries)
    {
        var sluice = Open(("Sluice:Retry:BaseDelay", "00:10:00"));
        for (var i = 0; i < retries; i++)
        {
            sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
            Post(sluice, $"evt_retry_{i}");
        }

        Hear(sluice);
        sluice.Time.Advance(TimeSpan.FromMinutes(5));
        for (var i = 0; i < 400; i++) Post(sluice, $"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.InRange(Sends(sluice, Tick), retries, retries + 100);
        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal((2 * retries) + 400, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Lost_bells_are_all_rung_again_when_newer_ones_were_handled()
    {
        var sluice = Open();
        for (var i = 0; i < 150; i++) Post(sluice, $"evt_{i}");
        Run(sluice, () => LoseAllAsync(sluice));
        sluice.Time.Advance(TimeSpan.FromMinutes(2));
        Post(sluice, "evt_newer");
        Hear(sluice);
        // The row of the newest bell is written, and the processor that wrote it is not asked.
        sluice.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(150, Sends(sluice, Tick));
        Hear(sluice);
        for (var i = 0; i < 150; i++) IsDeliveredOnce(sluice, CloudSluice.IdOf($"evt_{i}"));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal(151, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_lost_bell_delays_a_delivery_by_little_more_than_two_minutes()
    {
        var sluice = Open();
        Post(sluice);
        Run(sluice, () => LoseAllAsync(sluice));
        Pass(sluice, TimeSpan.FromMinutes(3));
        IsDeliveredOnce(sluice);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void The_newest_handled_bell_is_written_down_once_in_5_seconds_at_most()
    {
        var sluice = Open();
        var writes = new List<DateTimeOffset>();
        sluice.Tables.Before = request =>
        {
            if (request is { PartitionKey: "sums", Writes: true }) writes.Add(sluice.Now);
            return default;
        };
        // Only the processor's row: what ingest counts is another.
        for (var i = 0; i < 100; i++) Post(sluice, $"evt_{i}");
        sluice.Time.Advance(TimeSpan.FromSeconds(10));
        writes.Clear();
        for (var second = 0; second < 100; second++)
        {
            Run(sluice, sluice.HearOneAsync);
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(writes.Count, 15, 21);
        Assert.All(writes.Zip(writes.Skip(1)), pair => Assert.True(pair.Second - pair.First >= TimeSpan.FromSeconds(5)));
    }

    internal static async Task LoseAllAsync(CloudSluice sluice)
    {
        while (sluice.Broker.TryReceive(CloudSluice.Queue, out var message)) await sluice.Broker.SettleWith(CloudSluice.Queue).CompleteMessageAsync(message, Cancellation);
    }

    private static long Sends(CloudSluice sluice, Action<CloudSluice> act)
    {
        var before = sluice.Broker.CallsOf(BrokerOperation.Send);
        act(sluice);
        return sluice.Broker.CallsOf(BrokerOperation.Send) - before;
    }
}
