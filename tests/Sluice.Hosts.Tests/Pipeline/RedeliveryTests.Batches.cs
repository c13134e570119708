using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Pipeline;

public sealed partial class RedeliveryTests
{
    private const string Task1 = """{"action":"changed","resource":{"gid":"1","resource_type":"task"}}""";
    private const string Task2 = """{"action":"changed","resource":{"gid":"2","resource_type":"task"}}""";
    private const string Story = """{"action":"added","resource":{"gid":"3","resource_type":"story"}}""";

    private static readonly Sender Asana = new("asana");

    [Fact]
    public async Task A_redelivered_batch_replays_what_is_dead_of_it_and_nothing_else()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var well = await Sink.StartAsync(200);
        await using var sluice = await StartAsync(sink, well);
        var batch = await sluice.AcceptAsync(Batch(sluice, Task1, Story));
        await sluice.DieAsync(Item(Task1));
        await sluice.UntilAsync(Item(Story), DeliveryStatus.Delivered, 1, "audit");
        sink.Answers(200);
        sluice.Time.Advance(TimeSpan.FromMinutes(1));

        await IsDuplicateAsync(sluice, Batch(sluice, Task1, Story), batch);
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.Delivered, 4);
        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 2, SplitHandler.DestinationName);
        Assert.Equal((DeliveryStatus.Delivered, 1), await StandsAsync(sluice, Item(Story), "audit"));
        Assert.Equal((4, 1), (sink.Count, well.Count));
        Assert.Equal(new Stats(3, 3, 0, 0, 3, 0, 0, 0), await sluice.StatsAsync());
    }

    [Fact]
    public async Task It_does_so_each_time_it_is_redelivered()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var sluice = await StartAsync(sink, sink);
        var batch = await sluice.AcceptAsync(Batch(sluice, Task1));
        await sluice.DieAsync(Item(Task1));
        for (var times = 1; times <= 3; times++)
        {
            sluice.Time.Advance(TimeSpan.FromMinutes(1));
            await IsDuplicateAsync(sluice, Batch(sluice, Task1), batch);
            await sluice.DieAsync(Item(Task1), after: 3 * times);
        }
    }

    [Fact]
    public async Task A_batch_that_comes_again_at_once_is_not_taken_apart_again()
    {
        await using var sink = await Sink.StartAsync(404);
        await using var sluice = await StartAsync(sink, sink);
        var batch = await sluice.AcceptAsync(Batch(sluice, Task1));
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.DeadLettered, 1);
        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        sluice.Time.Advance(TimeSpan.FromSeconds(59));

        await IsDuplicateAsync(sluice, Batch(sluice, Task1), batch);
        Assert.Equal((DeliveryStatus.Delivered, 1), await StandsAsync(sluice, batch, SplitHandler.DestinationName));
        Assert.Equal((DeliveryStatus.DeadLettered, 1), await StandsAsync(sluice, Item(Task1)));
    }

    [Fact]
    public async Task An_item_that_stands_in_another_batch_too_is_not_replayed_by_that_one()
    {
        await using var sink = await Sink.StartAsync(404);
        await using var sluice = await StartAsync(sink, sink);
        await sluice.AcceptAsync(Batch(sluice, Task1));
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.DeadLettered, 1);
        sluice.Time.Advance(TimeSpan.FromMinutes(5));

        var other = await sluice.AcceptAsync(Batch(sluice, Task1, Task2));
        await sluice.UntilAsync(other, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        await sluice.UntilAsync(Item(Task2), DeliveryStatus.DeadLettered, 1);
        Assert.Equal((DeliveryStatus.DeadLettered, 1), await StandsAsync(sluice, Item(Task1)));
    }

    [Fact]
    public async Task Where_redeliveries_replay_nothing_a_batch_is_left_as_it_is()
    {
        await using var sink = await Sink.StartAsync(404);
        await using var sluice = await RunningSluice.StartAsync(File(sink, sink).With("RedeliveryReplays", false));
        var batch = await sluice.AcceptAsync(Batch(sluice, Task1));
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.DeadLettered, 1);
        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        sluice.Time.Advance(TimeSpan.FromMinutes(5));

        await IsDuplicateAsync(sluice, Batch(sluice, Task1), batch);
        Assert.Equal((DeliveryStatus.Delivered, 1), await StandsAsync(sluice, batch, SplitHandler.DestinationName));
    }

    [Fact]
    public async Task A_batch_that_an_operator_replays_goes_to_nobody_but_through_its_items()
    {
        await using var sink = await Sink.StartAsync(404);
        await using var sluice = await StartAsync(sink, sink, types: null);
        var batch = await sluice.AcceptAsync(Batch(sluice, Task1));
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.DeadLettered, 1);
        await sluice.UntilAsync(batch, DeliveryStatus.Delivered, 1, SplitHandler.DestinationName);
        sink.Answers(200);

        Assert.Equal(1, (await sluice.OpsJsonAsync($"events/{batch}/replay", HttpMethod.Post)).GetProperty("replayed").GetInt32());
        await sluice.UntilAsync(Item(Task1), DeliveryStatus.Delivered, 2);
        Assert.Equal([SplitHandler.DestinationName], (await sluice.EventAsync(batch)).Deliveries.Select(delivery => delivery.Destination));
        Assert.All(sink.Requests, request => Assert.Equal(Task1, Encoding.UTF8.GetString(request.Body)));
    }

    private static Task<RunningSluice> StartAsync(Sink tasks, Sink stories, string? types = "task.*") => RunningSluice.StartAsync(File(tasks, stories, types));

    private static SluiceFile File(Sink tasks, Sink stories, string? types = "task.*") => new SluiceFile().Source("asana", "asana")
        .Destination("billing", tasks.Url, Billing(types))
        .Destination("audit", stories.Url, new() { ["Types"] = new JsonArray("story.*") });

    // What dies more often than a breaker bears is no subject here.
    private static JsonObject Billing(string? types)
    {
        var billing = new JsonObject { ["Breaker"] = new JsonObject { ["Failures"] = 0 } };
        if (types is not null) billing["Types"] = new JsonArray(types);
        return billing;
    }

    private static Webhook Batch(RunningSluice sluice, params string[] items) => Asana.Sign($$"""{"events":[{{string.Join(',', items)}}]}""", sluice.Now);

    // Without an id of its own an item is known by its bytes.
    private static EventId Item(string item) => EventId.Of("asana", $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(item)))}");
}
