using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Providers;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What a sender sends again: what is dead of it begins anew, all else is a duplicate.</summary>
public sealed class RedeliveryTests : PipelineTest
{
    private const string Secret = "a secret of the test";
    private const string Task1 = """{"action":"changed","resource":{"gid":"1","resource_type":"task"}}""";
    private const string Task2 = """{"action":"changed","resource":{"gid":"2","resource_type":"task"}}""";

    [Fact]
    public void A_resend_by_stripe_of_a_dead_event_begins_one_new_series_with_the_first_bytes()
    {
        var sluice = Open(("Sluice:Retry:MaxAttempts", "3"));
        for (var i = 0; i < 6; i++) sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        var (first, second) = (Stripe(1), Stripe(2));
        Run(sluice, () => sluice.PostAsync(first));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal((DeliveryStatus.DeadLettered, 3), Stands(sluice, Id));

        // Signed anew at another time, and Stripe waits for another number of endpoints by now.
        IsDuplicate(Run(sluice, () => sluice.PostAsync(second)), Id);
        Assert.Equal((DeliveryStatus.Pending, 3), Stands(sluice, Id));
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal((DeliveryStatus.DeadLettered, 6), Stands(sluice, Id));
        Assert.EndsWith("(attempt 3 of 3)", Delivery(sluice).Reason, StringComparison.Ordinal);
        Assert.All(sluice.Handler.Calls, call => Assert.Equal(first, call.Event.Body.ToArray()));
        NothingIsLeft(sluice, dead: 1);
    }

    [Fact]
    public void A_redelivery_by_github_of_a_dead_event_begins_a_new_series()
    {
        var sluice = Open(Source("github"));
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        var push = Sign("github", """{"ref":"refs/heads/main"}""", sluice.Now, ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"));
        var id = IdOf(Post(sluice, "github", push));
        Pass(sluice, TimeSpan.FromHours(1));
        Assert.Equal((DeliveryStatus.DeadLettered, 1), Stands(sluice, id));

        IsDuplicate(Post(sluice, "github", push), id);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal((DeliveryStatus.Delivered, 2), Stands(sluice, id));
        IsDuplicate(Post(sluice, "github", push), id);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_redelivery_of_a_pending_a_retrying_or_a_delivered_event_replays_nothing()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.Retry("500 Internal Server Error"));
        Post(sluice);
        foreach (var (status, attempts, next) in new[] { (DeliveryStatus.Pending, 0, TimeSpan.Zero), (DeliveryStatus.Retrying, 1, TimeSpan.FromMinutes(1)), (DeliveryStatus.Delivered, 2, TimeSpan.FromMinutes(1)) })
        {
            Assert.Equal((status, attempts), Stands(sluice, Id));
            var before = Delivery(sluice).NextAttemptAt;
            IsDuplicate(Post(sluice), Id);
            Assert.Equal((status, attempts, before), (Stands(sluice, Id).Status, Stands(sluice, Id).Attempts, Delivery(sluice).NextAttemptAt));
            Hear(sluice);
            Pass(sluice, next);
        }

        Assert.Equal(2, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_repeat_whose_time_is_over_is_a_duplicate_and_replays_nothing_since_it_may_be_a_recording()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        var recorded = Sign("stripe", Encoding.UTF8.GetString(CloudSluice.StripeBody("evt_1")), sluice.Now);
        Assert.Equal(200, Post(sluice, "stripe", recorded).Status);
        Pass(sluice, TimeSpan.FromMinutes(6));

        IsDuplicate(Post(sluice, "stripe", recorded), Id);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal((DeliveryStatus.DeadLettered, 1), Stands(sluice, Id));
    }

    [Fact]
    public void A_redelivery_that_travels_because_Tables_is_down_replays_when_it_arrives()
    {
        var sluice = Open();
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        Post(sluice);
        Pass(sluice, TimeSpan.FromMinutes(1));
        TablesFail(sluice);
        Assert.Equal(200, Post(sluice).Status);
        TablesWork(sluice);

        Pass(sluice, TimeSpan.FromMinutes(5));
        Assert.Equal((DeliveryStatus.Delivered, 2), Stands(sluice, Id));
        NothingIsLeft(sluice);
    }

    [Fact]
    public void A_redelivered_batch_replays_what_is_dead_of_it_and_nothing_else()
    {
        var sluice = Open(Source("asana"));
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        var batch = IdOf(Post(sluice, "asana", Batch(sluice, Task1, Task2)));
        Hear(sluice);
        Assert.Equal([DeliveryStatus.DeadLettered, DeliveryStatus.Delivered], new[] { Task1, Task2 }.Select(item => Stands(sluice, Item(item)).Status).Order().Reverse());
        Pass(sluice, TimeSpan.FromMinutes(1));

        var sends = sluice.Broker.CallsOf(Broker.BrokerOperation.Send);
        IsDuplicate(Post(sluice, "asana", Batch(sluice, Task1, Task2)), batch);
        // The sender waits: one bell, and the items are looked at by whoever hears it.
        Assert.Equal(1, sluice.Broker.CallsOf(Broker.BrokerOperation.Send) - sends);
        Assert.Equal(2, sluice.Handler.Calls.Count);
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal([1, 2], new[] { Task1, Task2 }.Select(item => Stands(sluice, Item(item))).Select(stands => stands is (DeliveryStatus.Delivered, var attempts) ? attempts : 0).Order());
        Assert.Equal((DeliveryStatus.Delivered, 2), Stands(sluice, batch));
        Assert.Equal(3, sluice.Handler.Calls.Count);
        NothingIsLeft(sluice);
        EverythingGoesInTheEnd(sluice);
    }

    [Fact]
    public void A_batch_that_is_taken_apart_a_second_time_because_the_first_outcome_was_lost_replays_nothing()
    {
        var sluice = Open(Source("asana"));
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        var batch = IdOf(Post(sluice, "asana", Batch(sluice, Task1)));
        var writes = 0;
        // Its claim is written, what became of it is not.
        sluice.Tables.Before = request => request is { Table: "SluiceBook", Writes: true } && request.PartitionKey == batch.ToString() && ++writes > 1 ? throw Unreachable : default;
        Run(sluice, sluice.HearOneAsync);
        Assert.True(writes > 1);
        TablesWork(sluice);
        Pass(sluice, TimeSpan.FromMinutes(15));

        Assert.Equal((DeliveryStatus.Delivered, 2), Stands(sluice, batch));
        Assert.Equal([AttemptOutcome.Unknown, AttemptOutcome.Done], Delivery(sluice, batch).Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal((DeliveryStatus.DeadLettered, 1), Stands(sluice, Item(Task1)));
        Assert.Single(sluice.Handler.Calls);
    }

    [Fact]
    public void A_batch_that_comes_again_at_once_is_not_taken_apart_again()
    {
        var sluice = Open(Source("asana"));
        sluice.Handler.Outcomes.Enqueue(Outcome.DeadLetter("410 Gone"));
        var batch = IdOf(Post(sluice, "asana", Batch(sluice, Task1)));
        Hear(sluice);
        sluice.Time.Advance(TimeSpan.FromSeconds(59));

        IsDuplicate(Post(sluice, "asana", Batch(sluice, Task1)), batch);
        Pass(sluice, TimeSpan.FromMinutes(3));
        Assert.Equal((DeliveryStatus.Delivered, 1), Stands(sluice, batch));
        Assert.Equal((DeliveryStatus.DeadLettered, 1), Stands(sluice, Item(Task1)));
    }

    private static (string, string)[] Source(string provider) => [($"Sluice:Sources:{provider}:Provider", provider), ($"Sluice:Sources:{provider}:Secrets:0", Secret)];

    private static byte[] Stripe(int pending) => Encoding.UTF8.GetBytes($$"""{"id":"evt_1","object":"event","type":"invoice.paid","pending_webhooks":{{pending}}}""");

    private static Signed Batch(CloudSluice sluice, params string[] items) => Sign("asana", $$"""{"events":[{{string.Join(',', items)}}]}""", sluice.Now);

    // Without an id of its own an item is known by its bytes.
    private static EventId Item(string item) => EventId.Of("asana", $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item)))}");

    private static Signed Sign(string provider, string text, DateTimeOffset at, params (string Name, string Value)[] headers)
    {
        var body = Encoding.UTF8.GetBytes(text);
        Assert.True(ProviderCatalog.Default.TryGet(provider, out var known));
        var scheme = (HmacScheme)known.Scheme(new SourceSettings { Name = provider, Provider = provider }, []);
        var key = HmacKey.Create(new SecretSettings(provider == "stripe" ? CloudSluice.Secret : Secret), scheme, out _)!;
        return new(body, [new("Content-Type", "application/json"), .. HmacSigner.Headers(scheme, key, "", at, body), .. headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]);
    }

    private static CloudAnswer Post(CloudSluice sluice, string source, Signed request) => Run(sluice, () => sluice.PostAsync(source, request.Body, request.Headers));

    private static EventId IdOf(CloudAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        Assert.True(EventId.TryParse(System.Text.Json.JsonDocument.Parse(answer.Body).RootElement.GetProperty("id").GetString(), out var id));
        return id;
    }

    private static void IsDuplicate(CloudAnswer answer, EventId id) => Assert.Equal((200, $$"""{"status":"duplicate","id":"{{id}}"}"""), (answer.Status, answer.Body));

    private static (DeliveryStatus Status, int Attempts) Stands(CloudSluice sluice, EventId id) => Delivery(sluice, id) is var delivery ? (delivery.Status, delivery.Attempts.Count) : default;

    private sealed record Signed(byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Headers);
}
