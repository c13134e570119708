using Sluice.AzureServices.Tables;
using Sluice.Contracts;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Functions.Tests.Store;

/// <summary>Whatever a sender calls its events: the keys of the rows take it, and it comes back as it was.</summary>
public sealed class KeyTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TableEventStore store;

    public KeyTests() => store = new(new BookTables(new TablesDouble(new VirtualTime(Start)), "Sluice", TimeSpan.FromSeconds(10), new VirtualTime(Start)), new Random(1), new VirtualTime(Start));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names =>
    [
        @"back\slash", "a/b/c", "#1", "what?", "%2F", "a b", "'quoted' or 1 eq 1", "\"double\"", "tab\there", "line\r\nbreak", "\u0000\u0001\u001f\u007f\u0085\u009f",
        "żółć", "事件", "🎉", "e\u0301", "\u202eright to left", " ", "-", "..", "~", new string('x', 200), new string('ü', 200), new string('/', 200),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task An_event_of_any_name_and_type_is_booked_found_listed_and_replayed(string name)
    {
        var webhook = new WebhookEvent
        {
            Id = EventId.Of("stripe", name), Source = "stripe", Type = name, IdempotencyKey = name, ReceivedAt = Start, Headers = new([new("X-Name", name.ReplaceLineEndings(""))]), Body = "{}"u8.ToArray(),
        };
        var id = new DeliveryId(webhook.Id, "billing");
        Assert.False((await store.BookAsync(new Booking(webhook, [new("billing", Start.AddMinutes(2), null)]), Cancellation)).IsDuplicate);
        Assert.True((await store.BookAsync(new Booking(webhook, [new("billing", Start.AddMinutes(2), null)]), Cancellation)).IsDuplicate);

        var loaded = await store.LoadAsync(webhook.Id, Cancellation);
        Assert.Equal((name, name), (loaded!.Type, loaded.IdempotencyKey));
        Assert.Equal(webhook.Headers, loaded.Headers);
        Assert.Equal((name, name), ((await store.FindAsync(webhook.Id, Cancellation))!.Type, (await store.FindAsync(webhook.Id, Cancellation))!.IdempotencyKey));
        Assert.Equal(webhook.Id, Assert.Single((await store.ListAsync(new EventFilter { Type = name }, Cancellation)).Items).Id);
        Assert.Equal(new Bell(id, 1), Assert.Single((await store.DueAsync(Start.AddMinutes(2), 10, Cancellation)).Rows).Bell);

        var claim = (await store.ClaimAsync(new Bell(id, 1), new Lease(7, Start.AddMinutes(1)), Start, Cancellation)).Claim!;
        Assert.True(await store.RecordAsync(new Completion
        {
            Claim = claim, Status = DeliveryStatus.DeadLettered, Reason = name, At = Start,
            Attempt = new Attempt { Number = 1, Outcome = AttemptOutcome.DeadLetter, Error = name, StartedAt = Start, Duration = TimeSpan.Zero },
        }, Cancellation));
        var dead = Assert.Single((await store.ListDeadAsync(new DeadLetterFilter { Type = name }, Cancellation)).Items);
        Assert.Equal((id, name, name), (dead.Id, dead.Type, dead.Reason));
        Assert.Equal(new Bell(id, 2), await store.ReplayAsync(id, Start.AddMinutes(2), onlyDead: true, Cancellation));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a/b", "a\\b")]
    [InlineData("E", "e")]
    [InlineData("e\u0301", "é")]
    [InlineData("x", "x ")]
    [InlineData("evt#1", "evt?1")]
    public async Task Names_that_differ_in_anything_are_two_events(string one, string other)
    {
        foreach (var name in new[] { one, other })
        {
            var webhook = new WebhookEvent { Id = EventId.Of("stripe", name), Source = "stripe", Type = "t", IdempotencyKey = name, ReceivedAt = Start, Headers = HeaderList.Empty, Body = "{}"u8.ToArray() };
            Assert.False((await store.BookAsync(new Booking(webhook, []), Cancellation)).IsDuplicate);
        }
    }

    [Fact]
    public void A_key_gives_back_the_longest_destination_whole()
    {
        var delivery = new DeliveryId(EventId.Of("stripe", "evt_1"), "a" + new string('_', 39));
        Assert.Equal((Start, delivery, int.MaxValue), Keys.ReadDue(Keys.Due(isRung: true, Start, delivery, int.MaxValue, long.MaxValue)));
        Assert.Equal((Start, delivery, int.MaxValue), Keys.ReadDue(Keys.Parked(Start, delivery, int.MaxValue, long.MaxValue)));
        Assert.Equal((delivery, int.MaxValue), Keys.ReadOpenDeath(Keys.OpenDeath(delivery, int.MaxValue)));
        Assert.Equal(delivery, Keys.ReadDeadLetter(Keys.DeadLetter(Start, delivery, long.MaxValue)));
        Assert.Equal(delivery.Event, Keys.ReadListed(Keys.Listed(Start, delivery.Event, long.MaxValue)));
        var row = AttemptRow.Read(new AttemptRow(delivery.Destination, new() { Number = 1, Outcome = AttemptOutcome.Done, StartedAt = Start, Duration = default }, 1).ToEntity(delivery.Event));
        Assert.Equal((delivery.Destination, 1), (row.Destination, row.Attempt.Number));
    }
}
