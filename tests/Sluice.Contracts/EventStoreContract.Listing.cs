using System.Globalization;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_cursor_that_no_page_gave_out_is_refused()
    {
        await Assert.ThrowsAsync<CursorException>(async () => await Store.ListAsync(new EventFilter { Before = "nonsense" }, Cancellation));
        await Assert.ThrowsAsync<CursorException>(async () => await Store.ListDeadAsync(new DeadLetterFilter { Before = "nonsense" }, Cancellation));
    }

    [Fact]
    public async Task Events_are_listed_newest_first()
    {
        await BookAsync(Event("evt_1", receivedAt: Start.AddMinutes(1)), Billing);
        await BookAsync(Event("evt_2", receivedAt: Start.AddMinutes(2)), Billing);
        await BookAsync(Event("evt_3", receivedAt: Start.AddMinutes(2).AddMilliseconds(1)), Billing);

        Assert.Equal(["evt_3", "evt_2", "evt_1"], (await ListAsync(new EventFilter())).Select(record => record.IdempotencyKey));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(50)]
    public async Task Pages_meet_every_event_exactly_once(int limit)
    {
        // Several of one millisecond, as they come in reality.
        for (var i = 0; i < 23; i++) await BookAsync(Event($"evt_{i}", receivedAt: Start.AddMilliseconds(i / 4)), Billing);

        var found = await ListAsync(new EventFilter { Limit = limit });
        Assert.Equal(23, found.Count);
        Assert.Equal(23, found.Select(record => record.Id).Distinct().Count());
        Assert.Equal(found.OrderByDescending(record => record.ReceivedAt).Select(record => record.ReceivedAt), found.Select(record => record.ReceivedAt));
    }

    [Fact]
    public async Task Events_that_come_while_pages_are_turned_neither_shift_nor_double_the_others()
    {
        for (var i = 0; i < 6; i++) await BookAsync(Event($"evt_{i}", receivedAt: Start.AddSeconds(i)), Billing);
        var first = await Store.ListAsync(new EventFilter { Limit = 2 }, Cancellation);
        await BookAsync(Event("evt_new", receivedAt: Start.AddMinutes(1)), Billing);

        var rest = await ListAsync(new EventFilter { Limit = 2, Before = first.Next });
        Assert.Equal(["evt_5", "evt_4"], first.Items.Select(record => record.IdempotencyKey));
        Assert.Equal(["evt_3", "evt_2", "evt_1", "evt_0"], rest.Select(record => record.IdempotencyKey));
    }

    [Fact]
    public async Task Events_are_found_by_source_and_type()
    {
        await BookAsync(Event("evt_1", source: "stripe", type: "invoice.paid"), Billing);
        await BookAsync(Event("evt_2", source: "stripe", type: "invoice.voided"), Billing);
        await BookAsync(Event("evt_3", source: "shop", type: "orders/paid"), Billing);
        await BookAsync(Event("evt_4", source: "shop", type: "invoice"), Billing);

        Assert.Equal("evt_1 evt_2", await KeysAsync(new EventFilter { Source = "stripe" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Source = "strip" }));
        Assert.Equal("evt_1", await KeysAsync(new EventFilter { Type = "invoice.paid" }));
        Assert.Equal("evt_1 evt_2", await KeysAsync(new EventFilter { Type = "invoice.*" }));
        Assert.Equal("evt_1 evt_3", await KeysAsync(new EventFilter { Type = "*paid" }));
        Assert.Equal("evt_1 evt_2 evt_4", await KeysAsync(new EventFilter { Type = "*in*" }));
        Assert.Equal("evt_1 evt_2 evt_3 evt_4", await KeysAsync(new EventFilter { Type = "*" }));
        Assert.Equal("evt_4", await KeysAsync(new EventFilter { Type = "*v*e", Source = "shop" }));
    }

    [Fact]
    public async Task Only_the_star_means_more_than_itself_in_a_type()
    {
        await BookAsync(Event("evt_1", type: "a_b"), Billing);
        await BookAsync(Event("evt_2", type: "axb"), Billing);
        await BookAsync(Event("evt_3", type: "a%b"), Billing);
        await BookAsync(Event("evt_4", type: "a[x]b"), Billing);
        await BookAsync(Event("evt_5", type: "A_B"), Billing);

        Assert.Equal("evt_1", await KeysAsync(new EventFilter { Type = "a_b" }));
        Assert.Equal("evt_3", await KeysAsync(new EventFilter { Type = "a%b" }));
        Assert.Equal("evt_1", await KeysAsync(new EventFilter { Type = "a_*" }));
        Assert.Equal("evt_4", await KeysAsync(new EventFilter { Type = "a[x]*" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Type = "a?b" }));
    }

    [Fact]
    public async Task Events_are_found_by_the_status_they_show()
    {
        await BookAsync(Event("evt_kept"));
        await BookOneAsync("evt_pending");
        await DeliverAsync(await BookOneAsync("evt_delivered"));
        await KillAsync(await BookOneAsync("evt_dead"));
        await Store.RecordAsync(Retrying(await ClaimAsync(await BookOneAsync("evt_retrying"), 1), Now, Now), Cancellation);
        var skipped = await BookOneAsync("evt_skipped");
        await KillAsync(skipped);
        await Store.PurgeAsync(skipped, "no use", Now, Cancellation);

        foreach (var status in new[] { "Kept", "Pending", "Retrying", "Delivered", "Skipped" })
        {
            var key = "evt_" + status.ToLowerInvariant();
            Assert.Equal(key, await KeysAsync(new EventFilter { Status = status }));
            Assert.Equal(key, await KeysAsync(new EventFilter { Status = status.ToUpperInvariant() }));
        }

        Assert.Equal("evt_dead", await KeysAsync(new EventFilter { Status = "deadLettered" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Status = "Expired" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Status = "nonsense" }));
    }

    [Fact]
    public async Task Of_several_deliveries_the_one_that_most_wants_a_look_gives_the_status()
    {
        await BookAsync(Event("evt_1"), Billing, Audit);
        await DeliverAsync(new(Event("evt_1").Id, Billing));
        Assert.Equal("evt_1", await KeysAsync(new EventFilter { Status = "Pending" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Status = "Delivered" }));

        await KillAsync(new(Event("evt_1").Id, Audit));
        Assert.Equal("evt_1", await KeysAsync(new EventFilter { Status = "DeadLettered" }));
        Assert.Equal("", await KeysAsync(new EventFilter { Status = "Pending" }));
    }

    [Fact]
    public async Task A_rare_match_is_found_behind_many_others()
    {
        await BookAsync(Event("evt_rare", type: "rare", receivedAt: Start.AddDays(-1)), Billing);
        for (var i = 0; i < 60; i++) await BookAsync(Event($"evt_{i}", receivedAt: Start.AddSeconds(i)), Billing);

        Assert.Equal("evt_rare", await KeysAsync(new EventFilter { Type = "rare", Limit = 2 }));
    }

    [Fact]
    public async Task A_listed_event_is_the_event_that_is_found()
    {
        await BookAsync(Event("evt_1", headers: new HeaderList([new("X-One", "1")]), body: [1, 2, 3]), Billing, Audit);
        await KillAsync(new(Event("evt_1").Id, Billing));

        var listed = Assert.Single(await ListAsync(new EventFilter()));
        var found = await FindAsync(listed.Id);
        Assert.Equal((found.Id, found.Type, found.ReceivedAt, found.BodyBytes, found.Status), (listed.Id, listed.Type, listed.ReceivedAt, listed.BodyBytes, listed.Status));
        Assert.Equal(found.Deliveries.Select(delivery => (delivery.Destination, delivery.Status)), listed.Deliveries.Select(delivery => (delivery.Destination, delivery.Status)));
        Assert.Equal(found.Deliveries.SelectMany(delivery => delivery.Attempts), listed.Deliveries.SelectMany(delivery => delivery.Attempts));
    }

    [Fact]
    public async Task An_empty_book_lists_nothing()
    {
        Assert.Empty(await ListAsync(new EventFilter()));
        Assert.Empty(await ListDeadAsync(new DeadLetterFilter()));
    }

    private async Task<string> KeysAsync(EventFilter filter) =>
        string.Join(' ', (await ListAsync(filter)).Select(record => record.IdempotencyKey).Order(StringComparer.Create(CultureInfo.InvariantCulture, ignoreCase: false)));
}
