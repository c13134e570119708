using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;
using Sluice.Providers;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>A request with several events: kept and answered as one, then taken apart, each event once.</summary>
public sealed class BatchTests
{
    private const string Secret = "a client state of the test";

    [Fact]
    public async Task Each_event_of_a_request_arrives_by_itself_with_its_exact_bytes()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(Asana().Destination("billing", sink.Url));
        string[] items = [.. Enumerable.Range(0, 40).Select(Item)];
        var batch = await sluice.AcceptAsync(Batch(sluice, items));
        await sluice.UntilAsync(() => sink.Count == 40);

        Assert.Equal(items.Order(), sink.Requests.Select(request => Encoding.UTF8.GetString(request.Body)).Order());
        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        await sluice.UntilAsync(async () => await sluice.StatsAsync() == new Stats(41, 41, 0, 0, 41, 0, 0, 0));
    }

    [Fact]
    public async Task Two_notifications_of_graphs_in_the_same_bytes_are_two_events_and_taking_them_apart_again_makes_no_third()
    {
        await using var sink = await Sink.StartAsync(200);
        await using var sluice = await RunningSluice.StartAsync(new SluiceFile().Source("msgraph", "msgraph", new() { ["Secrets"] = new System.Text.Json.Nodes.JsonArray(Secret) }).Destination("billing", sink.Url));
        var notification = new Webhook("/api/webhooks/msgraph", [new("Content-Type", "application/json")],
            Encoding.UTF8.GetBytes($$"""{"value":[{"changeType":"updated","clientState":"{{Secret}}","resource":"users/1"}]}"""));
        var first = await sluice.AcceptAsync(notification);
        await sluice.UntilAsync(first, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        sluice.Time.Advance(TimeSpan.FromSeconds(1));
        var second = await sluice.AcceptAsync(notification);
        await sluice.UntilAsync(second, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        await sluice.UntilAsync(() => sink.Count == 2);

        Assert.NotEqual(first, second);
        Assert.InRange((await sluice.OpsAsync($"events/{first}/replay", HttpMethod.Post)).Status, 200, 299);
        await sluice.UntilAsync(first, DeliveryStatus.Delivered, 2, SplitHandler.DestinationName);
        Assert.Equal(4, (await sluice.StatsAsync()).Events);
        Assert.Equal(2, sink.Count);
    }

    [Fact]
    public async Task A_request_of_ten_thousand_events_is_through_in_one_attempt()
    {
        await using var sluice = await RunningSluice.StartAsync(Asana(("MaxBodyBytes", 4 * 1024 * 1024)));
        var batch = await sluice.AcceptAsync(Batch(sluice, Enumerable.Range(0, BatchItem.Most).Select(Item)));

        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        Assert.Equal(BatchItem.Most + 1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task One_of_more_is_a_dead_letter_that_says_so_and_keeps_its_bytes()
    {
        await using var sluice = await RunningSluice.StartAsync(Asana(("MaxBodyBytes", 4 * 1024 * 1024)));
        var webhook = Batch(sluice, Enumerable.Range(0, BatchItem.Most + 1).Select(Item));
        var batch = await sluice.AcceptAsync(webhook);

        Assert.Equal("its body is no batch of this sender, or one of more than 10000 events", (await sluice.UntilAsync(batch, DeliveryStatus.DeadLettered, 1, SplitHandler.DestinationName)).Reason);
        Assert.Equal(webhook.Body, (await sluice.Store.LoadAsync(batch, TestContext.Current.CancellationToken))!.Body);
        Assert.Equal(1, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task An_event_that_is_taken_out_hours_later_has_all_the_time_of_its_first_attempt()
    {
        var calls = new ConcurrentQueue<(EventId Event, int Attempt)>();
        var done = new TaskCompletionSource();
        var slow = new OwnHandler("own", async (webhook, context, _) =>
        {
            calls.Enqueue((webhook.Id, context.Attempt));
            await done.Task.InTimeAsync("the test lets the handler end");
            return Outcome.Done;
        });
        await using var sluice = await RunningSluice.StartAsync(Asana().With("Workers", 8).Destination("billing", "own", new() { ["Timeout"] = "00:02:00" }), slow);
        await sluice.Store.BookAsync(new(Batched(sluice), [new(SplitHandler.DestinationName, sluice.Now.AddHours(3), null)]), TestContext.Current.CancellationToken);
        sluice.Time.Advance(TimeSpan.FromHours(3));
        await sluice.UntilAsync(() => calls.Count == 1);

        // Its lease is two minutes and a half from now: nobody else takes it meanwhile, though workers are free and others come and go.
        sluice.Time.Advance(TimeSpan.FromSeconds(100));
        await sluice.AcceptAsync(Batch(sluice, [Item(1)]));
        await sluice.UntilAsync(() => calls.Count >= 2);
        done.SetResult();
        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 4);
        Assert.Equal(2, calls.Select(call => call.Event).Distinct().Count());
        Assert.All(calls, call => Assert.Equal(1, call.Attempt));

        // As it was booked before anybody could take it apart.
        WebhookEvent Batched(RunningSluice running) => new()
        {
            Id = EventId.Of("asana", "a batch"), Source = "asana", Type = WebhookEvent.BatchType, IdempotencyKey = "a batch", ReceivedAt = running.Now, Headers = HeaderList.Empty,
            Body = Encoding.UTF8.GetBytes($$"""{"events":[{{Item(0)}}]}"""),
        };
    }

    [Fact]
    public async Task Taking_apart_may_take_four_minutes()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Replace(sluice, new OwnBatches(batch =>
        {
            sluice.Time.Advance(TimeSpan.FromMinutes(3.9));
            return [new BatchItem(batch.Body[1..2], null, "a")];
        }));
        var batch = await sluice.AcceptAsync(Own(sluice));

        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        Assert.Equal(2, (await sluice.StatsAsync()).Events);
    }

    [Fact]
    public async Task An_event_that_is_the_batch_itself_is_not_lost_as_its_duplicate()
    {
        await using var sluice = await RunningSluice.StartAsync(SluiceFile.Stripe);
        Replace(sluice, new OwnBatches(batch => [new BatchItem(batch.Body, null, "a")]));
        var batch = await sluice.AcceptAsync(Own(sluice));

        Assert.Equal("an item of it is the batch itself", (await sluice.UntilAsync(batch, DeliveryStatus.DeadLettered, 1, SplitHandler.DestinationName)).Reason);
    }

    private static SluiceFile Asana(params (string Setting, System.Text.Json.Nodes.JsonNode Value)[] settings) =>
        new SluiceFile().Source("asana", "asana", new(settings.Select(setting => KeyValuePair.Create(setting.Setting, (System.Text.Json.Nodes.JsonNode?)setting.Value))));

    private static Webhook Batch(RunningSluice sluice, IEnumerable<string> items) => new Sender("asana").Sign($$"""{"events":[{{string.Join(',', items)}}]}""", sluice.Now);

    private static string Item(int number) => $$"""{"action":"changed","resource":{"gid":"{{number}}","resource_type":"task"} }""";

    private static Webhook Own(RunningSluice sluice) => new Sender("stripe", source: "own").Sign("[1]", sluice.Now);

    // A configuration with a sender that the catalogue does not have.
    private static void Replace(RunningSluice sluice, IProvider provider)
    {
        var errors = new List<ConfigurationError>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Sluice:Sources:own:Provider"] = provider.Name, ["Sluice:Sources:own:Secrets:0"] = Sender.SecretOf("stripe") }).Build();
        sluice.Services.GetRequiredService<LiveConfiguration>().Replace(SluiceConfiguration.Build(configuration, new ProviderCatalog(provider), sluice.Services.GetRequiredService<HandlerCatalog>(), new SecretResolver(_ => null, "/"), errors));
        Assert.Empty(errors);
    }

    /// <summary>A sender whose every request is a batch, taken apart as a test says; signed as Stripe's are.</summary>
    private sealed class OwnBatches(Func<WebhookEvent, IReadOnlyList<BatchItem>?> split) : IProvider
    {
        public string Name => "own";

        public ProviderFacts Facts { get; } = new() { Title = "Own", Source = "a test" };

        public string SampleType => "a";

        public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => new StripeProvider().Scheme(settings, errors);

        public EventDescription Describe(Envelope envelope, SourceSettings settings) => default;

        public bool IsBatch(Envelope envelope) => true;

        public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => split(batch);

        public Sample CreateSample(string type, string id, DateTimeOffset at) => new("[1]"u8.ToArray(), "application/json");
    }
}
