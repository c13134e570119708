using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.LocalHost.Conformance;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Conformance;

/// <summary>What the senders are played to do, as a receiver sees it.</summary>
public sealed class SenderBehaviourTests
{
    [Fact]
    public async Task Slacks_repeats_are_counted_in_their_headers_and_are_the_same_event()
    {
        await using var sink = await Sink.StartAsync();
        await PlayAsync("slack", sink, "schedule");
        var repeats = sink.Requests.Where(request => request.Headers.ContainsKey("X-Slack-Retry-Num")).ToList();
        Assert.Equal(["1", "2", "3"], repeats.Select(request => request.Headers["X-Slack-Retry-Num"].ToString()));
        Assert.Equal(["http_timeout"], repeats.Select(request => request.Headers["X-Slack-Retry-Reason"].ToString()).Distinct());
        Assert.Single(repeats.Select(request => JsonNode.Parse(request.Body)!["event_id"]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task A_header_that_the_first_attempt_has_too_is_not_sent_twice()
    {
        await using var sink = await Sink.StartAsync();
        await PlayAsync("twitch", sink, "schedule");
        Assert.Equal(["0", "0", "1", "2", "3"], sink.Requests.Select(request => request.Headers["Twitch-Eventsub-Message-Retry"].ToString()));
    }

    [Fact]
    public async Task HubSpots_repeats_are_counted_in_their_bodies()
    {
        await using var sink = await Sink.StartAsync();
        await PlayAsync("hubspot", sink, "schedule");
        var items = sink.Requests.Skip(1).Select(request => JsonNode.Parse(request.Body)![0]!).ToList();
        Assert.Equal([0, 1, 2, 3], items.Select(item => item["attemptNumber"]!.GetValue<int>()));
        Assert.Single(items.Select(item => item["eventId"]!.GetValue<long>()).Distinct());
    }

    [Fact]
    public async Task Adyen_comes_again_as_often_as_its_page_says()
    {
        await using var sink = await Sink.StartAsync();
        await PlayAsync("adyen", sink, "schedule");
        Assert.Equal(1 + 1 + 9, sink.Count);
    }

    [Fact]
    public async Task A_burst_is_as_large_as_the_sender_says_and_bounded()
    {
        await using var sink = await Sink.StartAsync();
        await PlayAsync("telegram", sink, "burst");
        Assert.Equal(1 + 40, sink.Count);
        await PlayAsync("meta", sink, "burst");
        Assert.Equal(1 + 40 + 1 + 100, sink.Count);
    }

    [Fact]
    public async Task The_same_seed_makes_the_same_choices()
    {
        var first = await OrderOfAsync(7);
        Assert.Equal(first, await OrderOfAsync(7));
        Assert.Contains(await Task.WhenAll(Enumerable.Range(8, 8).Select(OrderOfAsync)), other => !other.SequenceEqual(first));
    }

    [Fact]
    public async Task A_receiver_that_wants_more_time_than_the_sender_has_is_too_slow()
    {
        await using var sink = await Sink.StartAsync();
        var target = Played.Target("strava");
        var hurried = target with { Provider = new Hurried(target.Provider) };
        var report = await Played.PlayAsync(Played.Sender(hurried, sink.Url), "genuine");
        var fault = Assert.Single(report.Faults);
        Assert.Equal(FaultKind.TooSlow, fault.Kind);
        Assert.Contains("Strava waits 0 s", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_success_that_the_sender_does_not_take_for_one_is_none()
    {
        await using var sink = await Sink.StartAsync(202);
        var report = await PlayAsync("strava", sink, "genuine");
        Assert.Contains("answered 202; Strava takes 200", Assert.Single(report.Faults).What, StringComparison.Ordinal);
        Assert.True((await PlayAsync("stripe", sink, "genuine")).IsGood);
    }

    [Theory, InlineData(302), InlineData(410), InlineData(503)]
    public async Task A_forgery_that_is_refused_in_a_way_senders_misread_is_a_fault(int status)
    {
        await using var sink = await Sink.StartAsync(200, status);
        var report = await PlayAsync("github", sink, "forgery");
        Assert.Equal(FaultKind.RefusesForgeriesOddly, Assert.Single(report.Faults).Kind);
    }

    [Fact]
    public async Task A_receiver_that_takes_some_of_a_burst_is_told_how_many_it_did_not()
    {
        await using var sink = await Sink.StartAsync([.. Enumerable.Repeat<Reply>(200, 21), 429]);
        var fault = Assert.Single((await PlayAsync("stripe", sink, "burst")).Faults);
        Assert.Equal((FaultKind.FailsInBursts, "of 25 events at once 5 got no success, such as one that was answered 429"), (fault.Kind, fault.What));
    }

    [Fact]
    public async Task A_tolerance_for_a_sender_that_signs_no_time_makes_no_time_to_judge()
    {
        await using var sink = await Sink.StartAsync();
        var target = Played.Target("github");
        var report = await Played.PlayAsync(Played.Sender(target with { Settings = target.Settings with { Tolerance = TimeSpan.FromMinutes(5) } }, sink.Url), "time");
        Assert.Equal("left out", report.Scenarios.Single(scenario => scenario.Name == "time").Verdict);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task An_event_with_odd_bytes_is_read_as_the_same_event()
    {
        foreach (var (name, place) in new[] { ("stripe", "id"), ("slack", "event_id"), ("paypal", "id") })
        {
            await using var sink = await Sink.StartAsync();
            await PlayAsync(name, sink, "exact-bytes");
            var odd = sink.Requests[1].Body;
            Assert.Contains(odd, b => b > 127);
            Assert.Equal((byte)'\n', odd[^1]);
            Assert.StartsWith(JsonNode.Parse(sink.Requests[0].Body)![place]!.GetValue<string>()[..12], JsonNode.Parse(odd)![place]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    private static Task<ConformanceReport> PlayAsync(string name, Sink sink, params string[] only) => Played.PlayAsync(Played.Sender(Played.Target(name), sink.Url), ["genuine", .. only]);

    // Which of the five forgeries came when, told by what their headers lack.
    private static async Task<IReadOnlyList<string>> OrderOfAsync(int seed)
    {
        await using var sink = await Sink.StartAsync(200, 401);
        await Played.PlayAsync(Played.Sender(Played.Target("github"), sink.Url, seed: seed), "genuine", "forgery");
        return [.. sink.Requests.Skip(1).Select(request => request.Headers.TryGetValue("X-Hub-Signature-256", out var value) ? value.ToString().Length == 0 ? "empty" : "there" : "missing")];
    }

    /// <summary>A sender that waits for nothing.</summary>
    private sealed class Hurried(IProvider provider) : IProvider
    {
        public string Name => provider.Name;

        public ProviderFacts Facts => provider.Facts with { Deadline = TimeSpan.Zero };

        public string SampleType => provider.SampleType;

        public SignatureScheme Scheme(Configuration.SourceSettings settings, ICollection<string> errors) => provider.Scheme(settings, errors);

        public EventDescription Describe(Envelope envelope, Configuration.SourceSettings settings) => provider.Describe(envelope, settings);

        public Sample CreateSample(string type, string id, DateTimeOffset at) => provider.CreateSample(type, id, at);
    }
}
