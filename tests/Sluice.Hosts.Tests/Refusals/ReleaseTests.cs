using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Refusals;

/// <summary>Genuine requests that a wrong configuration refused: kept, verified again when it is mended, and released as the events they are.</summary>
public sealed class ReleaseTests
{
    [Fact]
    public async Task Requests_that_a_wrong_secret_refused_are_released_once_it_is_right_and_delivered_exactly_once()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(destination: sink.Url));
        var sent = new List<Webhook>();
        for (var i = 0; i < 5; i++)
        {
            sent.Add(sluice.Stripe($"evt_{i}"));
            await sluice.RefusedAsync(sent[i]);
            sluice.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(5, (await sluice.QuarantineAsync()).Count);
        Assert.All(await sluice.JobAsync("verify"), item => Assert.Equal("DoesNotHold", item.Text("result")));
        Assert.All(await sluice.JobAsync("release"), item => Assert.StartsWith("Mismatch", item.Text("finding"), StringComparison.Ordinal));
        Assert.Equal((5, 0), ((await sluice.QuarantineAsync()).Count, (int)(await sluice.StatsAsync()).Events));

        // The signatures are long out of their tolerance; they are checked as of the moment they came.
        await sluice.TakeUpAsync(RefusedSender.Right(destination: sink.Url));
        sluice.Time.Advance(TimeSpan.FromDays(1));
        Assert.All(await sluice.JobAsync("verify"), item => Assert.Equal(("Holds", "the signature holds"), (item.Text("result"), item.Text("finding"))));
        var released = await sluice.JobAsync("release");

        Assert.Equal(Enumerable.Range(0, 5).Select(i => EventId.Of("stripe", $"evt_{i}").ToString()), released.Select(item => item.Text("event")));
        Assert.All(released, item => Assert.Equal("Released", item.Text("result")));
        await sluice.UntilAsync(() => sink.Count == 5);
        Assert.Equal(sent.Select(webhook => Encoding.UTF8.GetString(webhook.Body.Span)).Order(), sink.Requests.Select(request => Encoding.UTF8.GetString(request.Body)).Order());
        Assert.Empty(await sluice.QuarantineAsync());
        foreach (var i in Enumerable.Range(0, 5))
        {
            var delivery = await sluice.UntilAsync(EventId.Of("stripe", $"evt_{i}"), DeliveryStatus.Delivered, 1);
            Assert.Equal(RunningSluice.Start.AddDays(1).Date, delivery.Attempts[0].StartedAt.Date);
            Assert.Equal(RunningSluice.Start.AddMinutes(i), (await sluice.EventAsync(EventId.Of("stripe", $"evt_{i}"))).ReceivedAt);
        }
    }

    [Fact]
    public async Task One_is_released_by_its_id_and_once()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe("evt_1"));
        await sluice.RefusedAsync(sluice.Stripe("evt_2"));
        await sluice.TakeUpAsync(RefusedSender.Right());
        var id = (await sluice.QuarantineAsync())[0].Text("id");

        Assert.Equal("Holds", (await sluice.OpsJsonAsync($"quarantine/{id}/verify", HttpMethod.Post)).Text("result"));
        Assert.Equal("Released", (await sluice.OpsJsonAsync($"quarantine/{id}/release", HttpMethod.Post)).Text("result"));
        Assert.Equal(404, (await sluice.OpsAsync($"quarantine/{id}/release", HttpMethod.Post)).Status);
        Assert.Equal((1, 1), ((int)(await sluice.StatsAsync()).Events, (await sluice.QuarantineAsync()).Count));
    }

    [Fact]
    public async Task Those_of_one_millisecond_are_released_in_the_order_they_came()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        for (var i = 0; i < 20; i++) await sluice.RefusedAsync(sluice.Stripe($"evt_{i}"));
        await sluice.TakeUpAsync(RefusedSender.Right());

        Assert.Equal(Enumerable.Range(0, 20).Select(i => EventId.Of("stripe", $"evt_{i}").ToString()), (await sluice.JobAsync("release", 7)).Select(item => item.Text("event")));
    }

    [Fact]
    public async Task Released_by_several_at_once_it_is_one_event()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(destination: sink.Url));
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.TakeUpAsync(RefusedSender.Right(destination: sink.Url));
        var id = (await sluice.QuarantineAsync())[0].Text("id");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => sluice.OpsAsync($"quarantine/{id}/release", HttpMethod.Post)));

        Assert.Single(answers, answer => answer.Status == 200 && answer.Json.Text("result") == "Released");
        Assert.All(answers, answer => Assert.True(answer.Status == 404 || answer.Json.Text("result") is "Released" or "Duplicate", answer.Text));
        await sluice.UntilAsync(EventId.Of("stripe", "evt_1"), DeliveryStatus.Delivered, 1);
        Assert.Equal(1, sink.Count);
    }

    [Fact]
    public async Task What_is_an_event_already_is_a_duplicate_and_is_delivered_no_second_time()
    {
        // So it stands too where a process ended between keeping the event and forgetting the request.
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong(destination: sink.Url));
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.TakeUpAsync(RefusedSender.Right(destination: sink.Url));
        await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.Delivered, 1);

        Assert.Equal(["Duplicate", "Duplicate"], (await sluice.JobAsync("release")).Select(item => item.Text("result")));
        Assert.Empty(await sluice.QuarantineAsync());
        Assert.Equal((1, 1), (sink.Count, (int)(await sluice.StatsAsync()).Deliveries));
    }

    [Fact]
    public async Task A_forgery_stays_a_forgery()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe("evt_1"));
        await sluice.RefusedAsync(sluice.Stripe("evt_1").Carrying("""{"id":"evt_1","type":"invoice.paid","amount":1000000}"""));
        await sluice.TakeUpAsync(RefusedSender.Right());

        Assert.Equal(["DoesNotHold", "Released"], (await sluice.JobAsync("release")).Select(item => item.Text("result")).Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), ((int)(await sluice.StatsAsync()).Events, (await sluice.QuarantineAsync()).Count));
    }

    [Fact]
    public async Task While_the_book_cannot_be_written_nothing_is_released_and_nothing_lost()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.TakeUpAsync(RefusedSender.Right());
        using (new LockedBook(sluice))
        {
            var answer = await sluice.OpsAsync("quarantine/release", HttpMethod.Post);
            Assert.Equal((503, TimeSpan.FromSeconds(5)), (answer.Status, answer.Headers.RetryAfter?.Delta));
        }

        Assert.Equal("Released", Assert.Single(await sluice.JobAsync("release")).Text("result"));
    }

    [Fact]
    public async Task A_batch_is_taken_apart_when_it_is_released()
    {
        await using var sink = await Sink.StartAsync(200);
        SluiceFile File(string secret) => new SluiceFile().Source("meta", "meta", new() { ["Secrets"] = new JsonArray(secret), ["VerifyToken"] = "a token", ["Quarantine"] = true }).Destination("billing", sink.Url);
        await using var sluice = await RunningSluice.StartAsync(File("a secret that is wrong"));
        await sluice.RefusedAsync(new Sender("meta").Sign("""
            {"object":"page","entry":[{"id":"1","time":1,"changes":[{"field":"feed","value":{"a":1}},{"field":"feed","value":{"a":2}}]}]}
            """, sluice.Now));
        await sluice.TakeUpAsync(File(Sender.SecretOf("meta")));

        Assert.Equal("Released", Assert.Single(await sluice.JobAsync("release")).Text("result"));
        await sluice.UntilAsync(() => sink.Count == 2);
        Assert.All(sink.Requests, request => Assert.Contains("\"field\":\"feed\"", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_senders_question_that_was_refused_becomes_no_event()
    {
        SluiceFile File(string secret) => new SluiceFile().Source("slack", "slack", new() { ["Secrets"] = new JsonArray(secret), ["Quarantine"] = true });
        await using var sluice = await RunningSluice.StartAsync(File("a secret that is wrong"));
        await sluice.RefusedAsync(new Sender("slack").Sign("""{"challenge":"abc","type":"url_verification"}""", sluice.Now));
        await sluice.TakeUpAsync(File(Sender.SecretOf("slack")));

        Assert.Equal("Question", Assert.Single(await sluice.JobAsync("release")).Text("result"));
        Assert.Equal((0, 0), ((int)(await sluice.StatsAsync()).Events, (await sluice.QuarantineAsync()).Count));
    }

    [Fact]
    public async Task Where_the_public_URL_was_wrong_the_mended_one_counts()
    {
        const string Right = "https://hooks.example.com/api/webhooks/square";
        SluiceFile File(string url) => new SluiceFile().Source("square", "square", new() { ["PublicUrl"] = url, ["Quarantine"] = true });
        await using var sluice = await RunningSluice.StartAsync(File("http://hooks.example.com/api/webhooks/square"));
        const string Body = """{"event_id":"6a8f5f28","type":"payment.updated"}""";
        var proof = Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Sender.SecretOf("square")), Encoding.UTF8.GetBytes(Right + Body)));
        await sluice.RefusedAsync(new Webhook("/api/webhooks/square", [new("Content-Type", "application/json"), new("x-square-hmacsha256-signature", proof)], Encoding.UTF8.GetBytes(Body)));
        await sluice.TakeUpAsync(File(Right));

        Assert.Equal("Released", Assert.Single(await sluice.JobAsync("release")).Text("result"));
    }

    [Fact]
    public async Task An_address_that_is_not_allowed_is_refused_again_until_it_is()
    {
        SluiceFile File(string range) => new SluiceFile().Source(settings: new() { ["AllowedIps"] = new JsonArray(range), ["Quarantine"] = true });
        await using var sluice = await RunningSluice.StartAsync(File("192.0.2.0/24"));
        await sluice.RefusedAsync(sluice.Stripe());
        Assert.StartsWith("AddressNotAllowed", Assert.Single(await sluice.JobAsync("release")).Text("finding"), StringComparison.Ordinal);
        await sluice.TakeUpAsync(File("127.0.0.0/8"));

        Assert.Equal("Released", Assert.Single(await sluice.JobAsync("release")).Text("result"));
    }

    [Theory]
    [InlineData("Paused", "the source is paused")]
    [InlineData("gone", "there is no source stripe any more")]
    public async Task A_source_that_takes_nothing_takes_nothing_from_quarantine_either(string how, string finding)
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        await sluice.RefusedAsync(sluice.Stripe());
        await sluice.TakeUpAsync(how == "gone" ? new SluiceFile().Source("second") : new SluiceFile().Source(settings: new() { ["Paused"] = true, ["Quarantine"] = true }));

        Assert.Equal(("DoesNotHold", finding), (Assert.Single(await sluice.JobAsync("release")).Text("result"), (await sluice.JobAsync("verify"))[0].Text("finding")));
        Assert.Single(await sluice.QuarantineAsync());
    }

    [Fact]
    public async Task What_is_too_old_to_be_known_again_is_not_released_and_says_so()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong().With("Retention", "4.00:00:00"));
        await sluice.RefusedAsync(sluice.Stripe("evt_1"));
        sluice.Time.Advance(TimeSpan.FromHours(2));
        await sluice.RefusedAsync(sluice.Stripe("evt_2"));
        await sluice.TakeUpAsync(RefusedSender.Right().With("Retention", "4.00:00:00"));
        sluice.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromHours(1));

        Assert.Equal(["DoesNotHold", "Holds"], (await sluice.JobAsync("verify")).Select(item => item.Text("result")));
        var released = await sluice.JobAsync("release");
        Assert.Equal(["DoesNotHold", "Released"], released.Select(item => item.Text("result")));
        Assert.StartsWith("too old: it was received 3 days ago and events are kept for 4", released[0].Text("finding"), StringComparison.Ordinal);
        Assert.Single(await sluice.QuarantineAsync());
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task What_is_purged_is_gone()
    {
        await using var sluice = await RunningSluice.StartAsync(RefusedSender.Wrong());
        for (var i = 0; i < 5; i++) await sluice.RefusedAsync(sluice.Stripe($"evt_{i}"));
        var id = (await sluice.QuarantineAsync())[2].Text("id");

        Assert.Equal(200, (await sluice.OpsAsync($"quarantine/{id}/purge", HttpMethod.Post)).Status);
        Assert.Equal(404, (await sluice.OpsAsync($"quarantine/{id}/purge", HttpMethod.Post)).Status);
        Assert.Equal(4, (await sluice.OpsJsonAsync("quarantine/purge?source=stripe", HttpMethod.Post)).GetProperty("done").GetInt32());
        Assert.Empty(await sluice.QuarantineAsync("rejections?limit=500"));
    }
}
