using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_booked_event_is_kept_with_its_deliveries()
    {
        var webhook = Event("evt_1", headers: new HeaderList([new("Content-Type", "application/json")]));
        var booked = await BookAsync(webhook, Billing, Audit);

        Assert.Equal(new Booked(IsDuplicate: false), booked);
        var record = await FindAsync(webhook.Id);
        Assert.Equal(("stripe", "invoice.paid", "evt_1", 2), (record.Source, record.Type, record.IdempotencyKey, record.BodyBytes));
        Assert.Equal([Audit, Billing], record.Deliveries.Select(delivery => delivery.Destination).Order());
        Assert.All(record.Deliveries, delivery => Assert.Equal((DeliveryStatus.Pending, null, 0), (delivery.Status, delivery.Reason, delivery.Attempts.Count)));
    }

    [Fact]
    public async Task An_event_without_deliveries_is_kept()
    {
        var webhook = Event("evt_1");
        await BookAsync(webhook);

        Assert.Equal(EventRecord.KeptStatus, (await FindAsync(webhook.Id)).Status);
        Assert.NotNull(await Store.LoadAsync(webhook.Id, Cancellation));
    }

    [Fact]
    public async Task A_second_booking_is_a_duplicate_and_writes_nothing()
    {
        await BookAsync(Event("evt_1"), Billing);
        var second = await BookAsync(Event("evt_1", type: "invoice.voided", receivedAt: Start.AddHours(1)), Billing, Audit);

        Assert.Equal(new Booked(IsDuplicate: true), second);
        var record = await FindAsync(Event("evt_1").Id);
        Assert.Equal(("invoice.paid", Start), (record.Type, record.ReceivedAt));
        Assert.Equal(Billing, Assert.Single(record.Deliveries).Destination);
        Assert.Single((await DueAsync(Start.AddDays(1))).Rows);
    }

    [Fact]
    public async Task Of_64_bookings_at_once_exactly_one_is_not_a_duplicate()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await BookAsync(Event("evt_1"), Billing), Cancellation)));

        Assert.Single(answers, answer => !answer.IsDuplicate);
        Assert.All(answers, answer => Assert.False(answer.IsConflict));
        Assert.Equal(new Stats(1, 1, 1, 0, 0, 0, 0, 0), await Store.CountAsync(Cancellation));
        Assert.Single(await ListAsync(new EventFilter()));
        Assert.Single((await DueAsync(Start.AddDays(1))).Rows);
    }

    [Fact]
    public async Task A_duplicate_with_other_bytes_is_a_conflict_and_the_first_bytes_stay()
    {
        await BookAsync(Event("evt_1", body: [1, 2, 3]), Billing);

        Assert.Equal(new Booked(IsDuplicate: true, IsConflict: true), await BookAsync(Event("evt_1", body: [1, 2, 4]), Billing));
        Assert.Equal(new Booked(IsDuplicate: true, IsConflict: true), await BookAsync(Event("evt_1", body: []), Billing));
        Assert.Equal([1, 2, 3], (await Store.LoadAsync(Event("evt_1").Id, Cancellation))!.Body.ToArray());
    }

    [Fact]
    public async Task A_duplicate_says_whether_one_of_its_deliveries_is_dead()
    {
        await BookAsync(Event("evt_1"), Billing, Audit);
        await DeliverAsync(new(Event("evt_1").Id, Audit));
        Assert.False((await BookAsync(Event("evt_1"), Billing, Audit)).HasDeadLetter);

        await KillAsync(new(Event("evt_1").Id, Billing));
        Assert.Equal(new Booked(IsDuplicate: true, HasDeadLetter: true), await BookAsync(Event("evt_1"), Billing, Audit));

        await Store.ReplayAsync(new(Event("evt_1").Id, Billing), Now, onlyDead: true, Cancellation);
        Assert.False((await BookAsync(Event("evt_1"), Billing, Audit)).HasDeadLetter);
    }

    [Fact]
    public async Task The_same_key_from_two_sources_is_two_events()
    {
        Assert.False((await BookAsync(Event("evt_1", source: "stripe"), Billing)).IsDuplicate);
        Assert.False((await BookAsync(Event("evt_1", source: "shop"), Billing)).IsDuplicate);
        Assert.Equal(2, (await Store.CountAsync(Cancellation)).Events);
    }

    [Fact]
    public async Task A_delivery_born_claimed_is_held_and_can_be_recorded_with_its_lease()
    {
        var webhook = Event("evt_1");
        var id = new DeliveryId(webhook.Id, Billing);
        var lease = NewLease();
        await Store.BookAsync(new Booking(webhook, [new(Billing, lease.Until, lease), new(Audit, Start.AddMinutes(1), null)]), Cancellation);

        Assert.Equal(ClaimResult.Leased, (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Result);
        var claim = new Claim { Delivery = id, Attempt = 1, CountedFrom = 0, Lease = lease };
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal((DeliveryStatus.Delivered, 1), ((await FindAsync(id)).Status, Assert.Single((await FindAsync(id)).Attempts).Number));
        await DeliverAsync(new(webhook.Id, Audit));
    }

    [Fact]
    public async Task A_delivery_born_claimed_whose_holder_is_gone_lapses()
    {
        var webhook = Event("evt_1");
        var lease = NewLease();
        await Store.BookAsync(new Booking(webhook, [new(Billing, lease.Until, lease)]), Cancellation);
        Time.Advance(LeaseTime);

        var row = Assert.Single((await DueAsync(Now)).Rows);
        Assert.Equal((new Bell(new(webhook.Id, Billing), 1), lease.Until), (row.Bell, row.Due));
        var answer = await Store.ClaimAsync(row.Bell, NewLease(), Now, Cancellation);
        Assert.Equal((ClaimResult.Lapsed, 1, 0, lease.Token), (answer.Result, answer.Claim!.Attempt, answer.Claim.CountedFrom, answer.Claim.Lease.Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(32 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(1024 * 1024)]
    [InlineData(16 * 1024 * 1024)]
    public async Task Bodies_come_back_byte_for_byte(int length)
    {
        // Every value of a byte, and no two blocks alike, so that a lost or doubled block shows.
        var body = new byte[length];
        for (var i = 0; i < length; i++) body[i] = (byte)(i + (i >> 8) + (i >> 16));
        await BookAsync(Event("evt_1", body: body), Billing);

        Assert.True((await Store.LoadAsync(Event("evt_1").Id, Cancellation))!.Body.Span.SequenceEqual(body));
        Assert.Equal(length, (await FindAsync(Event("evt_1").Id)).BodyBytes);
        Assert.True(await BookAsync(Event("evt_1", body: body), Billing) is { IsDuplicate: true, IsConflict: false });
        if (length > 0) body[^1]++;
        Assert.Equal(length > 0, (await BookAsync(Event("evt_1", body: body), Billing)).IsConflict);
    }

    [Fact]
    public async Task The_caller_may_use_its_buffer_again_after_the_booking()
    {
        var buffer = "kept as it was"u8.ToArray();
        await BookAsync(Event("evt_1", body: buffer), Billing);
        buffer.AsSpan().Clear();

        Assert.Equal("kept as it was"u8.ToArray(), (await Store.LoadAsync(Event("evt_1").Id, Cancellation))!.Body.ToArray());
    }

    [Fact]
    public async Task Headers_come_back_in_order_with_doubled_names_empty_values_and_every_character()
    {
        KeyValuePair<string, string>[] headers =
        [
            new("Content-Type", "application/json; charset=utf-8"),
            new("X-Twice", "one"),
            new("x-twice", "two"),
            new("X-Empty", ""),
            new("X-Colons", "a: b: c"),
            new("X-Blanks", " kept\tas it is "),
            new("X-Names", "Żółć 値 🚀 ß"),
            // Line ends to some, but not to HTTP.
            new("X-Not-Line-Ends", "a\u0085b\u2028c\u2029d\u000ce\u000bf"),
            new("X-Last", "'; DROP TABLE events; --"),
        ];
        await BookAsync(Event("evt_1", headers: new HeaderList(headers)), Billing);

        Assert.Equal(headers, (await Store.LoadAsync(Event("evt_1").Id, Cancellation))!.Headers);
        Assert.Equal(headers, (await FindAsync(Event("evt_1").Id)).Headers);
    }

    [Theory]
    [InlineData("'; DROP TABLE events; --")]
    [InlineData("\" OR 1=1")]
    [InlineData("a/b\\c#d?e%20f")]
    [InlineData("値-Żółć-🚀")]
    [InlineData(" blank at both ends ")]
    [InlineData("UPPER")]
    [InlineData("*")]
    public async Task Strange_keys_and_types_are_only_text(string text)
    {
        var webhook = Event(text, type: text);
        await BookAsync(webhook, Billing);
        await BookAsync(Event(text + "x", type: "upper"), Billing);

        var record = await FindAsync(webhook.Id);
        Assert.Equal((text, text), (record.IdempotencyKey, record.Type));
        var loaded = await Store.LoadAsync(webhook.Id, Cancellation);
        Assert.Equal((text, text), (loaded!.IdempotencyKey, loaded.Type));
        Assert.True((await BookAsync(webhook, Billing)).IsDuplicate);
        Assert.Contains(await ListAsync(new EventFilter { Type = text }), found => found.Id == webhook.Id);
    }

    [Fact]
    public async Task Times_keep_their_milliseconds_and_are_utc()
    {
        var receivedAt = new DateTimeOffset(2026, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);
        await BookAsync(Event("evt_1", receivedAt: receivedAt), Billing);

        var loaded = await Store.LoadAsync(Event("evt_1").Id, Cancellation);
        Assert.Equal((receivedAt, TimeSpan.Zero), (loaded!.ReceivedAt, loaded.ReceivedAt.Offset));
        Assert.Equal((receivedAt, TimeSpan.Zero), ((await FindAsync(loaded.Id)).ReceivedAt, (await FindAsync(loaded.Id)).ReceivedAt.Offset));
        Assert.Equal(receivedAt.AddMinutes(1), Assert.Single((await DueAsync(receivedAt.AddMinutes(1))).Rows).Due);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Assert.Null(await Store.LoadAsync(Event("evt_1").Id, Cancellation));
        Assert.Null(await Store.FindAsync(Event("evt_1").Id, Cancellation));
        await Store.PingAsync(Cancellation);
    }
}
