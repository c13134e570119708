using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Contracts;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>A destination that wants the events of one key in order gets them so.</summary>
public sealed class OrderTests
{
    [Fact]
    [Fault("F14")]
    public async Task Events_of_one_key_wait_for_one_another_across_retry_and_restart_and_others_do_not()
    {
        await using var sink = await Sink.StartAsync(500);
        var file = Ordered(sink, new() { ["Key"] = "json:customer" });
        await using var sluice = await RunningSluice.StartAsync(file);
        var first = await AcceptAsync(sluice, "evt_1", "cus_1");
        await sluice.UntilAsync(first, DeliveryStatus.Retrying, 1);
        var second = await AcceptAsync(sluice, "evt_2", "cus_1");
        var third = await AcceptAsync(sluice, "evt_3", "cus_1");
        sink.Answers(200);
        var other = await AcceptAsync(sluice, "evt_4", "cus_2");
        await sluice.UntilAsync(other, DeliveryStatus.Delivered, 1);
        Assert.Equal((DeliveryStatus.Pending, 0), Where(await sluice.DeliveryAsync(second)));

        await sluice.RestartAsync(file);
        Assert.Equal((DeliveryStatus.Pending, 0), Where(await sluice.DeliveryAsync(third)));
        await sluice.ToNextAttemptAsync(first, 1);
        await sluice.UntilAsync(first, DeliveryStatus.Delivered, 2);
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1);
        await sluice.UntilAsync(third, DeliveryStatus.Delivered, 1);
        Assert.Equal([first, other, first, second, third], sink.Requests.Select(Of));
        Assert.All(sink.Requests, request => Assert.DoesNotContain("Sluice-Out-Of-Order", request.Headers.Keys));
    }

    [Fact]
    [Fault("F14")]
    public async Task A_hundred_events_of_one_key_sent_one_after_another_arrive_so_beside_a_hundred_of_others()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer" }));
        var sent = new List<EventId>();
        for (var i = 0; i < 100; i++)
        {
            sent.Add(await AcceptAsync(sluice, $"evt_{i}", "cus_1"));
            await AcceptAsync(sluice, $"evt_other_{i}", $"cus_other_{i}");
        }

        await sluice.UntilAsync(() => sink.Count == 200);
        Assert.Equal(sent, sink.Requests.Select(Of).Where(sent.Contains));
    }

    [Fact]
    public async Task A_dead_letter_releases_its_key_and_its_replay_says_that_it_is_out_of_order()
    {
        await using var sink = await Sink.StartAsync(404, 200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer" }));
        var first = await AcceptAsync(sluice, "evt_1", "cus_1");
        var second = await AcceptAsync(sluice, "evt_2", "cus_1");
        await sluice.UntilAsync(first, DeliveryStatus.DeadLettered, 1);
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1);

        await sluice.OpsJsonAsync($"events/{first}/replay", HttpMethod.Post);
        await sluice.UntilAsync(first, DeliveryStatus.Delivered, 2);
        Assert.Equal("true", sink.Requests[^1].Headers["Sluice-Out-Of-Order"]);
        Assert.DoesNotContain("Sluice-Out-Of-Order", sink.Requests[1].Headers.Keys);
        Assert.True((await sluice.OpsJsonAsync($"events/{first}")).GetProperty("deliveries")[0].GetProperty("outOfOrder").GetBoolean());
        Assert.False((await sluice.OpsJsonAsync($"events/{second}")).GetProperty("deliveries")[0].TryGetProperty("outOfOrder", out _));
    }

    [Fact]
    public async Task With_Hold_a_dead_letter_holds_its_key_until_it_was_replayed_in_its_place()
    {
        await using var sink = await Sink.StartAsync(404, 200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer", ["Hold"] = true }));
        var first = await AcceptAsync(sluice, "evt_1", "cus_1");
        await sluice.UntilAsync(first, DeliveryStatus.DeadLettered, 1);
        var second = await AcceptAsync(sluice, "evt_2", "cus_1");
        var other = await AcceptAsync(sluice, "evt_3", "cus_2");
        await sluice.UntilAsync(other, DeliveryStatus.Delivered, 1);
        Assert.Equal((DeliveryStatus.Pending, 0), Where(await sluice.DeliveryAsync(second)));

        await sluice.OpsJsonAsync("dead-letters/replay", HttpMethod.Post);
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1);
        Assert.Equal([first, other, first, second], sink.Requests.Select(Of));
        Assert.All(sink.Requests, request => Assert.DoesNotContain("Sluice-Out-Of-Order", request.Headers.Keys));
    }

    [Fact]
    public async Task With_Hold_a_purge_lets_the_others_of_the_key_go()
    {
        await using var sink = await Sink.StartAsync(404, 200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer", ["Hold"] = true }));
        var first = await AcceptAsync(sluice, "evt_1", "cus_1");
        await sluice.UntilAsync(first, DeliveryStatus.DeadLettered, 1);
        var second = await AcceptAsync(sluice, "evt_2", "cus_1");

        await sluice.OpsJsonAsync("dead-letters/purge", HttpMethod.Post);
        // The sweep finds it, at the latest after a minute.
        await sluice.PassAsync(TimeSpan.FromMinutes(1));
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1);
    }

    [Theory]
    [InlineData(PendingOnRemoval.DeadLetter, DeliveryStatus.DeadLettered)]
    [InlineData(PendingOnRemoval.Skip, DeliveryStatus.Skipped)]
    public async Task Of_a_removed_destination_that_holds_its_keys_all_that_is_pending_ends_as_the_removal_said(PendingOnRemoval pending, DeliveryStatus end)
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var registrations = sluice.Services.GetRequiredService<Registrations>();
        await registrations.PutAsync("crm", $$"""{ "Url": "{{sink.Url}}", "AllowPrivate": true, "Order": { "Key": "json:customer", "Hold": true } }""", null, TestContext.Current.CancellationToken);
        var first = await AcceptAsync(sluice, "evt_1", "cus_1");
        await sluice.UntilAsync(first, DeliveryStatus.Retrying, 1, "crm");
        var others = new[] { await AcceptAsync(sluice, "evt_2", "cus_1"), await AcceptAsync(sluice, "evt_3", "cus_1") };

        await registrations.RemoveAsync("crm", pending, TestContext.Current.CancellationToken);
        await sluice.PassAsync(TimeSpan.FromMinutes(1));
        await sluice.UntilAsync(first, end, 2, "crm");
        foreach (var other in others) await sluice.UntilAsync(other, end, 1, "crm");
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task A_key_whose_destination_was_paused_and_resumed_goes_on_in_order()
    {
        await using var sink = await Sink.StartAsync(500, 200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer" }));
        var registrations = sluice.Services.GetRequiredService<Registrations>();
        var sent = new List<EventId> { await AcceptAsync(sluice, "evt_1", "cus_1") };
        await sluice.UntilAsync(sent[0], DeliveryStatus.Retrying, 1);
        await registrations.PauseAsync("billing", "for a while", TestContext.Current.CancellationToken);
        for (var i = 2; i <= 5; i++) sent.Add(await AcceptAsync(sluice, $"evt_{i}", "cus_1"));
        await sluice.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1, sink.Count);

        var file = Ordered(sink, new() { ["Key"] = "json:customer" });
        await sluice.RestartAsync(file);
        sent.Add(await AcceptAsync(sluice, "evt_6", "cus_1"));
        await sluice.Services.GetRequiredService<Registrations>().ResumeAsync("billing", TestContext.Current.CancellationToken);
        await sluice.UntilAsync(() =>
        {
            // What waited goes spread over time.
            sluice.Time.Advance(TimeSpan.FromMilliseconds(50));
            return sink.Count == 7;
        });
        Assert.Equal([sent[0], .. sent], sink.Requests.Select(Of));
    }

    [Fact]
    public async Task With_Time_one_that_is_older_than_what_was_delivered_is_skipped_and_nothing_is_sent()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "json:customer", ["Time"] = "json:created" }));
        await sluice.UntilAsync(await AcceptAsync(sluice, "evt_2", "cus_1", created: 1772366402), DeliveryStatus.Delivered, 1);
        var late = await AcceptAsync(sluice, "evt_1", "cus_1", created: 1772366401);
        var skipped = await sluice.UntilAsync(late, DeliveryStatus.Skipped, 1);
        var other = await AcceptAsync(sluice, "evt_3", "cus_2", created: 1772366400);
        await sluice.UntilAsync(other, DeliveryStatus.Delivered, 1);

        Assert.StartsWith("stale: it is of 2026-03-01T12:00:01", skipped.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(late, sink.Requests.Select(Of));

        // Who asks for it all the same gets it, marked.
        await sluice.OpsJsonAsync($"events/{late}/replay", HttpMethod.Post);
        await sluice.UntilAsync(late, DeliveryStatus.Delivered, 2);
        Assert.Equal("true", sink.Requests[^1].Headers["Sluice-Out-Of-Order"]);
    }

    [Fact]
    public async Task An_event_without_the_key_is_in_no_order()
    {
        await using var sink = await Sink.StartAsync(500, 200);
        await using var sluice = await RunningSluice.StartAsync(Ordered(sink, new() { ["Key"] = "header:X-Customer" }));
        await sluice.UntilAsync(await sluice.AcceptAsync("evt_1"), DeliveryStatus.Retrying, 1);
        await sluice.UntilAsync(await sluice.AcceptAsync("evt_2"), DeliveryStatus.Delivered, 1);
    }

    private static SluiceFile Ordered(Sink sink, JsonObject order) => SluiceFile.Stripe.Destination("billing", sink.Url, new JsonObject { ["Order"] = order });

    private static Task<EventId> AcceptAsync(RunningSluice sluice, string id, string customer, long created = 0) =>
        sluice.AcceptAsync(Sender.Stripe.Sign($$"""{"id":"{{id}}","type":"invoice.paid","created":{{created}},"customer":"{{customer}}"}""", sluice.Now));

    private static EventId Of(Received request) => EventId.TryParse(request.Headers["Sluice-Event"], out var id) ? id : default;

    private static (DeliveryStatus, int) Where(Inspection.DeliveryRecord delivery) => (delivery.Status, delivery.Attempts.Count);
}
