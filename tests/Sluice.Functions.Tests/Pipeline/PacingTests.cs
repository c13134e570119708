using Microsoft.Extensions.DependencyInjection;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Functions.Tests.Broker;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What may not go now gives up its bell and waits with its destination; what holds it holds in every instance.</summary>
public sealed class PacingTests : PipelineTest
{
    [Fact]
    public void A_paused_destinations_bells_are_completed_its_deliveries_parked_and_the_timer_lets_them_go()
    {
        var sluice = Open();
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().PauseAsync("billing", "is being moved", Cancellation).AsTask());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        for (var i = 0; i < 5; i++) Post(sluice, $"evt_{i}");
        Hear(sluice);

        Assert.Equal(new BrokerCounts(0, 0, 0, 0, 0), sluice.Broker.Count(CloudSluice.Queue));
        Assert.Equal(5, IndexRows(sluice, 'd').Count());
        Assert.All(IndexRows(sluice, 'd'), key => Assert.StartsWith("dp-billing-", key, StringComparison.Ordinal));
        Pass(sluice, TimeSpan.FromHours(1));
        Assert.Empty(sluice.Handler.Calls);

        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().ResumeAsync("billing", Cancellation).AsTask());
        Pass(sluice, TimeSpan.FromMinutes(2));
        for (var i = 0; i < 5; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        Assert.Equal(5, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void What_was_parked_for_a_destination_that_is_gone_from_the_configuration_ends()
    {
        var sluice = Open();
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().PauseAsync("billing", "is being moved", Cancellation).AsTask());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Post(sluice);
        Hear(sluice);
        sluice.Settings.Remove("Sluice:Destinations:billing:Handler");
        Run(sluice, () => sluice.DeployAsync(("Sluice:Destinations:other:Handler", RecordingHandler.HandlerName)));
        Pass(sluice, TimeSpan.FromMinutes(2));
        Assert.Contains("not configured any more", Delivery(sluice).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_instances_share_a_breaker()
    {
        var sluice = Open(("Sluice:Destinations:billing:Breaker:Failures", "3"), ("Sluice:Destinations:billing:Breaker:Pause", "00:02:00"));
        sluice.StartProcess();
        for (var i = 0; i < 3; i++) sluice.Handler.Outcomes.Enqueue(Outcome.Retry("answered 503"));
        for (var i = 0; i < 3; i++) Post(sluice, $"evt_{i}");
        Hear(sluice);
        Assert.Equal(3, sluice.Handler.Calls.Count);

        sluice.Time.Advance(TimeSpan.FromSeconds(6));
        sluice.HearWith(1);
        for (var i = 3; i < 10; i++) Post(sluice, $"evt_{i}");
        Hear(sluice);
        Assert.Equal(3, sluice.Handler.Calls.Count);

        // The first is retried meanwhile and waits too. Then one goes to see, from whichever instance, and the others follow.
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal(3, sluice.Handler.Calls.Count);
        Pass(sluice, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 10; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        Assert.Equal(13, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void Two_instances_share_a_rate()
    {
        var sluice = Open(("Sluice:Destinations:billing:Limits:Rate", "2/s"));
        sluice.StartProcess();
        var at = new List<DateTimeOffset>();
        sluice.Handler.During = _ =>
        {
            at.Add(sluice.Now);
            return Task.CompletedTask;
        };
        for (var i = 0; i < 60; i++) Post(sluice, $"evt_{i}");
        Run(sluice, async () =>
        {
            var turn = 0;
            for (var until = sluice.Now.AddMinutes(5); sluice.Now < until && at.Count < 60; sluice.Time.Advance(TimeSpan.FromMilliseconds(50)))
            {
                do sluice.HearWith(++turn % 2);
                while (await sluice.HearOneAsync());
            }
        });

        Assert.Equal(60, at.Count);
        Assert.InRange(at.Max(first => at.Count(next => next >= first && next < first.AddSeconds(10))), 18, 22);
        Assert.InRange(at[^1] - at[0], TimeSpan.FromSeconds(27), TimeSpan.FromSeconds(34));
        NothingIsLeft(sluice);
    }
}
