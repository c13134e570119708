using Sluice.Contracts;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Ingest;

/// <summary>However often a sender sends an event, it is one event with one delivery to each destination.</summary>
public sealed class DuplicateTests
{
    [Attack("A8")]
    [Fact]
    public async Task The_same_request_twice_is_one_event_and_a_duplicate_of_the_same_id()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 1);
        var second = await sluice.PostAsync(sluice.Stripe());

        Assert.Equal((200, $$"""{"status":"duplicate","id":"{{id}}"}"""), (second.Status, second.Text));
        Assert.Equal(new Stats(1, 1, 0, 0, 1, 0, 0, 0), await sluice.StatsAsync());
        Assert.Equal(1, sink.Count);
    }

    [Attack("A8")]
    [Fact]
    public async Task The_same_request_64_times_at_once_is_accepted_once()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var webhook = sluice.Stripe();
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => sluice.PostAsync(webhook)));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers.Select(answer => answer.Id).Distinct());
        Assert.Equal(["accepted", .. Enumerable.Repeat("duplicate", 63)], answers.Select(answer => answer.Json.GetProperty("status").GetString()).Order());
        await sluice.UntilAsync(answers[0].Id, DeliveryStatus.Delivered, 1);
        Assert.Equal(new Stats(1, 1, 0, 0, 1, 0, 0, 0), await sluice.StatsAsync());
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task Many_events_at_once_each_many_times_are_each_accepted_once()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", sink.Url));
        var answers = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => sluice.PostAsync(sluice.Stripe($"evt_{i % 50}"))));

        Assert.Equal(50, answers.Count(answer => answer.Json.GetProperty("status").GetString() == "accepted"));
        await sluice.UntilAsync(async () => await sluice.StatsAsync() == new Stats(50, 50, 0, 0, 50, 0, 0, 0));
        Assert.Equal(50, sink.Count);
    }

    [Fact]
    public async Task Another_body_under_the_same_id_is_a_duplicate_and_the_first_bytes_stay()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var first = sluice.Stripe("evt_1", "invoice.paid");
        var id = await sluice.AcceptAsync(first);
        var second = await sluice.PostAsync(sluice.Stripe("evt_1", "invoice.voided"));

        Assert.Equal((id, "duplicate"), (second.Id, second.Json.GetProperty("status").GetString()));
        Assert.Equal(first.Body.ToArray(), (await sluice.Store.LoadAsync(id, TestContext.Current.CancellationToken))!.Body.ToArray());
        Assert.Contains(sluice.Log.Lines, line => line.Message == $"stripe sent event {id} again with other bytes; the first are kept");
    }

    [Attack("A8")]
    [Fact]
    public async Task The_same_event_signed_anew_is_a_duplicate()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = await sluice.AcceptAsync();
        sluice.Time.Advance(TimeSpan.FromMinutes(3));

        Assert.Equal((id, "duplicate"), await AnswerAsync(sluice, sluice.Stripe()));
    }

    [Attack("A38")]
    [Fact]
    public async Task The_same_id_at_another_source_is_another_event()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe.Source("second"));
        var id = await sluice.AcceptAsync();

        Assert.NotEqual(id, await sluice.AcceptAsync(sluice.Stripe().To("/api/webhooks/second")));
    }

    [Fact]
    public async Task An_event_without_an_id_is_known_by_its_bytes()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = await sluice.AcceptAsync(Sender.Stripe.Sign("""{"type":"a"}""", sluice.Now));

        Assert.Equal((id, "duplicate"), await AnswerAsync(sluice, Sender.Stripe.Sign("""{"type":"a"}""", sluice.Now)));
        Assert.NotEqual(id, await sluice.AcceptAsync(Sender.Stripe.Sign("""{"type":"a" }""", sluice.Now)));
    }

    [Attack("A38")]
    [Fact]
    public async Task An_unsigned_request_takes_no_id_from_the_real_one()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Assert.Equal(401, (await sluice.PostAsync(sluice.Stripe().Without("Stripe-Signature"))).Status);

        await sluice.AcceptAsync();
    }

    [Fact]
    public async Task After_a_restart_a_duplicate_is_still_one()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        var id = await sluice.AcceptAsync();
        await sluice.RestartAsync(SluiceFile.Stripe);

        Assert.Equal((id, "duplicate"), await AnswerAsync(sluice, sluice.Stripe()));
    }

    private static async Task<(EventId Id, string? Status)> AnswerAsync(RunningSluice sluice, Webhook webhook)
    {
        var answer = await sluice.PostAsync(webhook);
        return (answer.Id, answer.Json.GetProperty("status").GetString());
    }
}
