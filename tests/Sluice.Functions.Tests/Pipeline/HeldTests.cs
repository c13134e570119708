using Microsoft.Extensions.DependencyInjection;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What was held goes without losing its bells, whoever parked it, and ends where its destination ends.</summary>
public sealed class HeldTests : PipelineTest
{
    [Fact]
    public void One_that_is_let_go_shortly_after_its_first_bell_is_rung_at_once_and_not_taken_for_a_repetition()
    {
        var sluice = Open(("Sluice:Destinations:billing:Limits:Concurrency", "1"));
        for (var i = 0; i < 6; i++) Post(sluice, $"evt_{i}");
        var start = sluice.Now;
        sluice.Handler.During = stop => Task.Delay(TimeSpan.FromMilliseconds(100), sluice.Time, stop);
        Run(sluice, async () =>
        {
            while (sluice.Now < start.AddSeconds(20) && sluice.Handler.Calls.Count < 6) await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ => await sluice.HearOneAsync() || await NothingAsync(sluice)));
        });
        Assert.Equal(6, sluice.Handler.Calls.Count);
        sluice.Handler.During = null;
        Pass(sluice, TimeSpan.FromMinutes(5));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void What_instances_that_are_gone_have_parked_goes_on_by_the_attempts_of_another()
    {
        var sluice = Open(("Sluice:Destinations:billing:Limits:Concurrency", "2"));
        Pause(sluice);
        for (var i = 0; i < 20; i++) Post(sluice, $"evt_{i}");
        Hear(sluice);
        Run(sluice, () => sluice.DeployAsync());
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().ResumeAsync("billing", Cancellation).AsTask());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Pass(sluice, TimeSpan.FromMinutes(2));
        Assert.Equal(20, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_destination_that_gathers_and_is_paused_keeps_its_events_and_gets_them_when_it_is_resumed()
    {
        var sluice = Gathering();
        Pause(sluice);
        for (var i = 0; i < 7; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromHours(1));
        Assert.Empty(sluice.Handler.Calls);
        Assert.Equal(7, IndexRows(sluice, 'd').Count(key => key.StartsWith("dp-billing-", StringComparison.Ordinal)));

        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().ResumeAsync("billing", Cancellation).AsTask());
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal(7, sluice.Handler.Calls.Count);
        Assert.Equal(3, sluice.Handler.Batches.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_destination_that_gathers_and_fails_is_left_alone_and_drained_when_it_is_back()
    {
        var sluice = Gathering(("Sluice:Destinations:billing:Breaker:Failures", "1"), ("Sluice:Destinations:billing:Breaker:Pause", "00:02:00"));
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("answered 503"));
        for (var i = 0; i < 9; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromSeconds(100));
        Assert.Single(sluice.Handler.Batches);
        Pass(sluice, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 9; i++) IsDelivered(sluice, CloudSluice.IdOf($"evt_{i}"));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_rate_of_a_destination_that_gathers_counts_requests()
    {
        var sluice = Gathering(("Sluice:Destinations:billing:Limits:Rate", "1/s"));
        for (var i = 0; i < 12; i++) Post(sluice, $"evt_{i}");
        Pass(sluice, TimeSpan.FromSeconds(30));
        Assert.Equal(4, sluice.Handler.Batches.Count);
        Pass(sluice, TimeSpan.FromMinutes(5));
        NothingIsLeft(sluice);
    }

    private CloudSluice Gathering(params (string, string)[] settings) => Open(
    [
        ("Sluice:Destinations:billing:Format", "CloudEvents"), ("Sluice:Destinations:billing:Batch:Events", "3"), ("Sluice:Destinations:billing:Batch:Wait", "00:00:05"), .. settings,
    ]);

    private static void Pause(CloudSluice sluice)
    {
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().PauseAsync("billing", "is being moved", Cancellation).AsTask());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
    }

    private static async Task<bool> NothingAsync(CloudSluice sluice)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(50), sluice.Time);
        return false;
    }
}
