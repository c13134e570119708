using System.Text.Json;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;

namespace Sluice.Functions.Tests.Pipeline;

// What it may cost: rows, requests and time, however many are refused.
public sealed partial class QuarantineTests
{
    [Fact]
    public void A_flood_of_forgeries_costs_a_bounded_number_of_rows_and_requests()
    {
        var sluice = Open(("Sluice:Sources:stripe:Quarantine:MaxCount", "30"));
        Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_first"), Wrong)).Status);
        var first = Text(Assert.Single(Kept(sluice)), "id");
        sluice.Time.Advance(TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 200; i++) Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody($"evt_{i}"), Wrong)).Status);
        var requests = sluice.Tables.Requests;
        for (var i = 0; i < 200; i++) Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody($"evt_{i}"), Wrong));

        Assert.Equal(requests, sluice.Tables.Requests);
        Assert.Equal(30, Kept(sluice).Count);
        Assert.Contains(Kept(sluice), item => Text(item, "id") == first);
        sluice.Time.Advance(TimeSpan.FromHours(1));
        Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_later"), Wrong));
        Assert.DoesNotContain(Kept(sluice), item => Text(item, "id") == first);
        Assert.Equal(30, Kept(sluice).Count);
    }

    [Fact]
    public void While_Tables_is_away_or_slow_the_answer_is_401_in_time()
    {
        var sluice = Open(On);
        TablesFail(sluice);
        Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_1"), Wrong)).Status);

        sluice.Time.Advance(TimeSpan.FromSeconds(20));
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromSeconds(30), sluice.Time);
        var before = sluice.Now;
        Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_1"), Wrong)).Status);
        Assert.Equal(TimeSpan.FromMilliseconds(300), sluice.Now - before);

        TablesWork(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(401, Run(sluice, () => sluice.PostAsync(CloudSluice.StripeBody("evt_1"), Wrong)).Status);
        Assert.NotEmpty(Kept(sluice));
    }

    [Fact]
    public void However_many_are_refused_at_once_none_waits_longer_for_its_answer()
    {
        var sluice = Open(On);
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromSeconds(30), sluice.Time);
        var before = sluice.Now;
        var answers = Run(sluice, () => Task.WhenAll(Enumerable.Range(0, 40).Select(i => sluice.PostAsync(CloudSluice.StripeBody($"evt_{i}"), Wrong))));

        Assert.All(answers, answer => Assert.Equal(401, answer.Status));
        Assert.Equal(TimeSpan.FromMilliseconds(300), sluice.Now - before);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(15, 10)]
    [InlineData(30, 10)]
    [InlineData(30, 60)]
    public void A_burst_is_kept_while_Tables_is_slow_and_so_is_what_comes_after_it(int requests, int milliseconds)
    {
        var sluice = Open(On);
        Post(sluice, "evt_before", Wrong);
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), sluice.Time);
        Burst(sluice, 0, requests);
        Assert.Equal(1 + requests, Kept(sluice).Count);

        for (var i = 0; i < 5; i++) Post(sluice, $"evt_after_{i}", Wrong);
        Assert.Equal(1 + requests + 5, Kept(sluice).Count);
    }

    [Fact]
    public void Two_instances_keep_what_comes_to_both_at_once_and_neither_takes_the_other_for_an_outage()
    {
        var sluice = Open(On);
        sluice.StartIngest();
        Post(sluice, "evt_before", Wrong);
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromMilliseconds(10), sluice.Time);
        Burst(sluice, 2, 30);
        Assert.Equal(1 + 30, Kept(sluice).Count);

        Burst(sluice, 2, 10);
        Assert.Equal(1 + 30 + 10, Kept(sluice).Count);
    }

    [Fact]
    public void A_flood_of_large_noise_costs_no_request_and_leaves_room_for_what_is_smaller()
    {
        var sluice = Open(On);
        var noise = LargeBody("evt_noise", 1_000_000);
        // What is told of is written down; after twenty nothing more is told in this minute.
        for (var i = 0; i < 20; i++) Post(sluice, $"evt_{i}", Wrong);
        var requests = sluice.Tables.Requests;
        for (var i = 0; i < 25; i++) Assert.Equal(401, Run(sluice, () => sluice.PostAsync(noise, Wrong)).Status);
        Assert.Equal(requests, sluice.Tables.Requests);

        Post(sluice, "evt_small", Wrong);
        Assert.Equal(20 + 1, Kept(sluice).Count);
    }

    [Fact]
    public void One_large_forgery_does_not_shut_out_those_that_still_find_room()
    {
        var sluice = Open(("Sluice:Sources:stripe:Quarantine:MaxBytes", "60000"));
        for (var i = 0; i < 2; i++) Assert.Equal(401, Run(sluice, () => sluice.PostAsync(LargeBody($"evt_large_{i}", 40_000), Wrong)).Status);
        Assert.Single(Kept(sluice));

        Post(sluice, "evt_small", Wrong);
        Assert.Equal(2, Kept(sluice).Count);
        for (var i = 0; i < 20; i++) Run(sluice, () => sluice.PostAsync(LargeBody("evt_large", 40_000), Wrong));
        var requests = sluice.Tables.Requests;
        Run(sluice, () => sluice.PostAsync(LargeBody("evt_large", 40_000), Wrong));
        Assert.Equal(requests, sluice.Tables.Requests);
    }

    [Fact]
    public void Whoever_came_last_writes_for_all_that_wait()
    {
        var sluice = Open(On);
        Post(sluice, "evt_before", Wrong);
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromMilliseconds(100), sluice.Time);
        Run(sluice, () => Task.WhenAll(new[] { 0, 10, 150 }.Select(async milliseconds =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), sluice.Time);
            Assert.Equal(401, (await sluice.PostAsync(CloudSluice.StripeBody($"evt_{milliseconds}"), Wrong)).Status);
        })));

        Assert.Equal(1 + 3, Kept(sluice).Count);
    }

    [Fact]
    public void What_finds_no_turn_in_time_is_not_kept_and_costs_those_after_it_nothing()
    {
        var sluice = Open(On);
        Post(sluice, "evt_before", Wrong);
        sluice.Tables.Before = async _ => await Task.Delay(TimeSpan.FromMilliseconds(100), sluice.Time);
        var before = sluice.Now;
        Burst(sluice, 0, 30);
        Assert.Equal(TimeSpan.FromMilliseconds(300), sluice.Now - before);
        TablesWork(sluice);
        Assert.Equal(1 + 1, Kept(sluice).Count);

        Post(sluice, "evt_after", Wrong);
        Assert.Equal(1 + 1 + 1, Kept(sluice).Count);
    }

    [Fact]
    public void What_is_accepted_costs_no_request_more()
    {
        var (off, on) = (Open(), Open(On));
        foreach (var sluice in new[] { off, on }) Post(sluice, "evt_0");
        var (before, beside) = (off.Tables.Requests, on.Tables.Requests);
        foreach (var sluice in new[] { off, on }) Assert.Equal(200, Post(sluice).Status);

        Assert.Equal(off.Tables.Requests - before, on.Tables.Requests - beside);
        Assert.Empty(on.Tables.Rows("SluiceQuarantine"));
    }

    // All at once, by turns to so many instances; 0 means the one that there is.
    private static void Burst(CloudSluice sluice, int instances, int requests)
    {
        var answers = Run(sluice, () => Task.WhenAll(Enumerable.Range(0, requests).Select(i =>
        {
            if (instances > 0) sluice.GoTo(i % instances);
            return sluice.PostAsync(CloudSluice.StripeBody($"evt_{i}"), Wrong);
        })));
        Assert.All(answers, answer => Assert.Equal(401, answer.Status));
    }
}
