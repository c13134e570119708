using Microsoft.Extensions.DependencyInjection;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Functions.Tests.Fixtures;
using Sluice.Functions.Tests.Tables;
using Sluice.Ingestion;

namespace Sluice.Functions.Tests.Pipeline;

/// <summary>What an operator registers at one app is in force at the others within ten seconds, whatever the store does meanwhile.</summary>
public sealed class RegisteredDestinationTests : PipelineTest
{
    private const string Crm = """{ "Url": "https://crm.example/hooks", "Types": ["invoice.*"] }""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_was_registered_is_in_force_at_every_instance_ten_seconds_later(int instance)
    {
        var sluice = Open();
        sluice.StartIngest();
        Post(sluice, instance, "evt_before");
        Register(sluice, "crm", Crm);

        sluice.Time.Advance(TimeSpan.FromSeconds(10.1));
        Post(sluice, instance, "evt_1");

        Assert.Equal(["billing"], Destinations(sluice, "evt_before"));
        Assert.Equal(["billing", "crm"], Destinations(sluice, "evt_1"));
    }

    [Fact]
    public void Between_five_and_ten_seconds_nobody_waits_for_the_new_copy_that_the_next_request_has()
    {
        var sluice = Open();
        Post(sluice, 0, "evt_before");
        Register(sluice, "crm", Crm);
        sluice.Time.Advance(TimeSpan.FromSeconds(6));
        var isHeld = new TaskCompletionSource();
        sluice.Tables.Before = request => IsReading(request) ? new(isHeld.Task) : default;

        Run(sluice, async () =>
        {
            await sluice.PostAsync("evt_1");
            isHeld.SetResult();
            await Task.Delay(TimeSpan.FromMilliseconds(1), sluice.Time);
            await sluice.PostAsync("evt_2");
        });

        Assert.Equal(["billing"], Destinations(sluice, "evt_1"));
        Assert.Equal(["billing", "crm"], Destinations(sluice, "evt_2"));
    }

    [Fact]
    public void While_the_store_is_away_the_last_good_copy_goes_on()
    {
        var sluice = Open();
        Register(sluice, "crm", Crm);
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Post(sluice, 0, "evt_before");
        TablesFail(sluice);
        sluice.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(200, Post(sluice, 0, "evt_1").Status);
        Assert.True(Live(sluice.Ingest).TryGetDestination("crm", out _));
    }

    [Fact]
    public void While_only_the_registrations_cannot_be_read_events_are_booked_by_the_last_good_copy()
    {
        var sluice = Open();
        Register(sluice, "crm", Crm);
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Post(sluice, 0, "evt_before");
        sluice.Tables.Before = request => IsReading(request) ? throw Unreachable : default;
        sluice.Time.Advance(TimeSpan.FromHours(1));

        Post(sluice, 0, "evt_1");

        Assert.Equal(["billing", "crm"], Destinations(sluice, "evt_1"));
    }

    [Fact]
    public void A_sender_does_not_wait_for_a_store_that_reads_slowly()
    {
        var sluice = Open();
        Post(sluice, 0, "evt_before");
        sluice.Tables.Before = request => IsReading(request) ? new(Task.Delay(TimeSpan.FromSeconds(30), sluice.Time)) : default;
        sluice.Time.Advance(TimeSpan.FromMinutes(1));
        var before = sluice.Time.Elapsed;

        Post(sluice, 0, "evt_1");

        Assert.InRange(sluice.Time.Elapsed - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(400));
        // Booked by an old copy it would miss what was registered since: it travels, and is booked where that is known.
        Assert.Null(Run(sluice, () => sluice.Store.FindAsync(CloudSluice.IdOf("evt_1"), Cancellation).AsTask()));
        sluice.Tables.Before = null;
        Pass(sluice, TimeSpan.FromMinutes(1));
        Assert.Equal(["billing"], Destinations(sluice, "evt_1"));
    }

    [Fact]
    public void An_instance_that_never_knew_what_is_registered_books_nothing_without_it()
    {
        var sluice = Open();
        Register(sluice, "crm", Crm);
        sluice.IsWarm = false;
        var cold = sluice.StartIngest();
        sluice.Tables.Before = request => IsReading(request) ? throw Unreachable : default;

        Assert.Equal(200, Post(sluice, cold, "evt_1").Status);
        Assert.Null(Run(sluice, () => sluice.Store.FindAsync(CloudSluice.IdOf("evt_1"), Cancellation).AsTask()));
        Assert.Single(sluice.Broker.Peek(CloudSluice.Queue));

        sluice.Tables.Before = null;
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Run(sluice, () => sluice.Process.GetRequiredService<SharedDestinations>().EnsureAsync(Cancellation).AsTask());
        Run(sluice, () => sluice.Process.GetRequiredService<Ingestor>().KeepAsync(Event("evt_2"), sluice.Now, isAskedFor: false, Cancellation).AsTask());
        Assert.Equal(["billing", "crm"], Destinations(sluice, "evt_2"));
    }

    [Fact]
    public void Where_it_cannot_travel_either_it_is_answered_503()
    {
        var sluice = Open();
        sluice.IsWarm = false;
        var cold = sluice.StartIngest();
        TablesFail(sluice);
        BrokerFails(sluice);
        Assert.Equal(503, Post(sluice, cold, "evt_1").Status);
    }

    [Fact]
    public async Task A_processor_that_has_not_heard_of_a_destination_yet_asks_before_it_gives_up()
    {
        var sluice = Open();
        await sluice.PostAsync("evt_before");
        await sluice.HearAllAsync();
        // Nobody listens there.
        await sluice.Retry.GetRequiredService<Registrations>().PutAsync("crm", """{ "Url": "http://127.0.0.1:65535/", "AllowPrivate": true }""", null, Cancellation);
        sluice.GoTo(sluice.StartIngest());
        await sluice.PostAsync("evt_1");
        await sluice.HearAllAsync();

        var crm = (await sluice.FindAsync(Id)).Deliveries.Single(delivery => delivery.Destination == "crm");
        Assert.Equal(DeliveryStatus.Retrying, crm.Status);
        Assert.Contains("refused", Assert.Single(crm.Attempts).Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_removed_destination_gets_no_event_any_more()
    {
        var sluice = Open();
        Register(sluice, "crm", Crm);
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        Post(sluice, 0, "evt_before");
        Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().RemoveAsync("crm", PendingOnRemoval.Deliver, Cancellation).AsTask());
        sluice.Time.Advance(TimeSpan.FromSeconds(11));

        Post(sluice, 0, "evt_1");

        Assert.Equal(["billing", "crm"], Destinations(sluice, "evt_before"));
        Assert.Equal(["billing"], Destinations(sluice, "evt_1"));
    }

    [Fact]
    public void Every_app_reads_the_same_of_a_registration()
    {
        var sluice = Open();
        Register(sluice, "crm", """{ "Url": "https://crm.example/", "AllowPrivate": true, "Limits": { "Rate": "10/s" }, "Order": { "Key": "json:id" }, "Filter": { "json": "a", "exists": true } }""");
        sluice.Time.Advance(TimeSpan.FromSeconds(11));
        foreach (var app in new[] { sluice.Ingest, sluice.Process, sluice.Retry })
        {
            Run(sluice, () => app.GetRequiredService<SharedDestinations>().EnsureAsync(Cancellation).AsTask());
            Assert.True(Live(app).TryGetDestination("crm", out var crm));
            Assert.Equal((true, true, false, 10d, "id"), (crm.Settings.IsRegistered, crm.Settings.AllowPrivate, crm.Settings.Strict, crm.Settings.Limits.Rate, crm.Settings.Order!.Key.Json!.Text));
            Assert.NotNull(crm.Settings.Filter);
            Assert.Equal("http", crm.Handler.Name);
        }
    }

    private static bool IsReading(TableRequest request) => request is { Kind: TableRequestKind.Query, PartitionKey: "state-destination" };

    private static SluiceConfiguration Live(IServiceProvider app) => app.GetRequiredService<LiveConfiguration>().Current;

    private static WebhookEvent Event(string id) => new()
    {
        Id = CloudSluice.IdOf(id), Source = "stripe", Type = "invoice.paid", IdempotencyKey = id, Headers = new HeaderList([]), Body = CloudSluice.StripeBody(id), ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    private static void Register(CloudSluice sluice, string name, string settings)
    {
        var answer = Run(sluice, () => sluice.Retry.GetRequiredService<Registrations>().PutAsync(name, settings, null, Cancellation).AsTask());
        Assert.Empty(answer.Faults);
    }

    private static CloudAnswer Post(CloudSluice sluice, int instance, string id)
    {
        sluice.GoTo(instance);
        return Post(sluice, id);
    }

    private static IEnumerable<string> Destinations(CloudSluice sluice, string id) =>
        Run(sluice, () => sluice.FindAsync(CloudSluice.IdOf(id))).Deliveries.Select(delivery => delivery.Destination).Order(StringComparer.Ordinal);
}
