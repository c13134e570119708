using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>No attempt begins later after the event was received than its destination's MaxAge says.</summary>
public sealed class AgeTests
{
    [Fact]
    public async Task An_attempt_that_would_begin_too_late_is_not_waited_for()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url, MaxAge("00:00:20")));
        var id = await sluice.AcceptAsync();
        await sluice.ToNextAttemptAsync(id, 1);

        // The second would be followed by one after 25 seconds.
        Assert.Equal("older than MaxAge 00:00:20 at its next attempt; answered 500", (await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 2)).Reason);
    }

    [Fact]
    public async Task What_comes_up_too_late_ends_without_being_sent_and_a_replay_is_sent_all_the_same()
    {
        await using var sink = await Sink.StartAsync(200);
        var file = SluiceFile.Stripe.Destination("billing", sink.Url, MaxAge("00:01:00"));
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url, MaxAge("00:01:00")).With("Workers", 0));
        var id = await sluice.AcceptAsync();
        sluice.Time.Advance(TimeSpan.FromMinutes(2));
        await sluice.RestartAsync(file);
        Assert.Equal("older than MaxAge 00:01:00", (await sluice.UntilAsync(id, DeliveryStatus.DeadLettered, 1)).Reason);
        Assert.Equal(0, sink.Count);

        await sluice.OpsJsonAsync($"events/{id}/replay", HttpMethod.Post);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
        Assert.Equal(1, sink.Count);
    }

    private static JsonObject MaxAge(string age) => new() { ["Retry"] = new JsonObject { ["MaxAge"] = age } };
}
