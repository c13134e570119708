using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    private const string Key = "0123456789abcdef0123456789abcdef";
    private const string OtherKey = "fedcba9876543210fedcba9876543210";

    [Fact]
    public async Task Only_the_first_of_a_line_is_claimed_and_its_end_gives_the_turn_to_the_next()
    {
        var ids = await BookLineAsync(3);
        await AssertBehindAsync(ids[1]);
        await AssertBehindAsync(ids[2]);

        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0]));
        await AssertBehindAsync(ids[2]);
        Assert.Equal(new Bell(ids[2], 1), await EndAsync(ids[1]));
        Assert.Null(await EndAsync(ids[2]));
        Assert.Equal(new Stats(3, 3, 0, 0, 3, 0, 0, 0), await Store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Whoever_is_behind_is_not_due_until_it_is_its_turn()
    {
        var ids = await BookLineAsync(3);
        await AssertBehindAsync(ids[1]);
        await AssertBehindAsync(ids[2]);
        Assert.Equal([ids[0]], await DueNamesAsync());
        Assert.Empty(await ParkedAsync());

        await EndAsync(ids[0]);
        Assert.Equal([ids[1]], await DueNamesAsync());
    }

    [Fact]
    public async Task Other_keys_and_other_destinations_are_free()
    {
        var first = await BookInLineAsync("evt_1");
        await BookInLineAsync("evt_2");
        var others = new[] { await BookInLineAsync("evt_3", OtherKey), await BookInLineAsync("evt_4", destination: Audit), await BookOneAsync("evt_5") };

        await ClaimAsync(first, 1);
        foreach (var other in others) await ClaimAsync(other, 1);
    }

    [Fact]
    public async Task One_event_stands_in_the_line_of_each_of_its_destinations()
    {
        var webhook = Event("evt_1");
        await Store.BookAsync(new Booking(webhook, [InLine(Billing), InLine(Audit), new BookedDelivery("free", Start.AddMinutes(1), null)]), Cancellation);
        var (billing, audit) = (await BookInLineAsync("evt_2"), await BookInLineAsync("evt_3", destination: Audit));
        await AssertBehindAsync(billing);
        await AssertBehindAsync(audit);
        await ClaimAsync(new(webhook.Id, "free"), 1);

        Assert.Equal(new Bell(billing, 1), await EndAsync(new(webhook.Id, Billing)));
        await AssertBehindAsync(audit);
        Assert.Equal(new Bell(audit, 1), await EndAsync(new(webhook.Id, Audit)));
    }

    [Fact]
    public async Task A_line_that_was_empty_begins_anew()
    {
        await EndAsync(await BookInLineAsync("evt_1"));
        var ids = await BookLineAsync(2, from: 2);
        await AssertBehindAsync(ids[1]);
        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0]));
    }

    [Fact]
    public async Task A_retry_keeps_its_place()
    {
        var ids = await BookLineAsync(2);
        var retried = await Store.RecordAsync(Retrying(await ClaimAsync(ids[0], 1), Now, Now.AddHours(1)), Cancellation);
        Assert.Equal(new Recorded(IsHeld: true), retried);
        await AssertBehindAsync(ids[1]);

        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0], attempt: 2));
    }

    [Fact]
    public async Task A_lapsed_lease_keeps_its_place()
    {
        var ids = await BookLineAsync(2);
        var lapsed = await ClaimAsync(ids[0], 1);
        Time.Advance(LeaseTime);
        await AssertBehindAsync(ids[1]);

        await Store.RecordAsync(Retrying(lapsed, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation);
        await AssertBehindAsync(ids[1]);
        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0], attempt: 2));
    }

    [Fact]
    public async Task A_late_holder_gives_nobody_the_turn()
    {
        var ids = await BookLineAsync(2);
        var late = await ClaimAsync(ids[0], 1);
        Time.Advance(LeaseTime);
        await Store.RecordAsync(Retrying(late, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation);
        await ClaimAsync(ids[0], 2);

        Assert.Equal(new Recorded(IsHeld: false), await Store.RecordAsync(Delivered(late, Now), Cancellation));
        await AssertBehindAsync(ids[1]);
    }

    [Fact]
    public async Task A_parked_first_is_still_the_first()
    {
        var ids = await BookLineAsync(2);
        await ParkAsync(ids[0]);
        await AssertBehindAsync(ids[1]);
        Assert.Equal([ids[0]], (await ParkedAsync()).Select(row => row.Bell.Delivery));

        await Store.PostponeAsync(new Bell(ids[0], 1), Now, Cancellation);
        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0]));
    }

    [Fact]
    public async Task Whoever_is_behind_is_neither_parked_nor_postponed()
    {
        var ids = await BookLineAsync(2);
        await AssertBehindAsync(ids[1]);
        await ParkAsync(ids[1]);
        await Store.PostponeAsync(new Bell(ids[1], 1), Now.AddHours(1), Cancellation);

        Assert.Equal([ids[0]], await DueNamesAsync());
        Assert.Empty(await ParkedAsync());
        Assert.Equal(new Bell(ids[1], 1), await EndAsync(ids[0]));
        Assert.Equal([ids[1]], await DueNamesAsync(Now.AddMinutes(5)));
    }

    [Fact]
    public async Task A_duplicate_takes_no_place()
    {
        var ids = await BookLineAsync(2);
        Assert.True((await Store.BookAsync(new Booking(Event("evt_1"), [InLine()]), Cancellation)).IsDuplicate);
        await EndAsync(ids[0]);
        Assert.True((await Store.BookAsync(new Booking(Event("evt_1"), [InLine()]), Cancellation)).IsDuplicate);

        await EndAsync(ids[1]);
        await DeliverAsync(await BookInLineAsync("evt_3"));
    }

    [Fact]
    public async Task Of_a_whole_line_that_is_claimed_at_once_at_most_one_runs()
    {
        var waiting = await BookLineAsync(6);
        for (var round = 0; waiting.Length > 0; round++)
        {
            var answers = await Task.WhenAll(waiting.Concat(waiting).Select(id => Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation).AsTask()));
            var claim = Assert.Single(answers, answer => answer.Result == ClaimResult.Claimed).Claim!;
            Assert.Equal(waiting[0], claim.Delivery);
            await Store.RecordAsync(Delivered(claim, Now), Cancellation);
            waiting = waiting[1..];
        }
    }

    [Fact]
    public async Task An_end_and_the_claim_of_the_next_at_once_leave_nothing_that_nobody_finds()
    {
        for (var round = 0; round < 20; round++)
        {
            var ids = await BookLineAsync(2, from: (2 * round) + 1);
            var claim = await ClaimAsync(ids[0], 1);
            var next = Store.ClaimAsync(new Bell(ids[1], 1), NewLease(), Now, Cancellation).AsTask();
            var ended = Store.RecordAsync(Delivered(claim, Now), Cancellation).AsTask();
            await Task.WhenAll(next, ended);
            if ((await next).Result == ClaimResult.Claimed)
            {
                await Store.RecordAsync(Delivered((await next).Claim!, Now), Cancellation);
                continue;
            }

            Assert.Equal([ids[1]], await DueNamesAsync());
            await DeliverAsync(ids[1]);
        }
    }

    private static BookedDelivery InLine(string destination = Billing, string key = Key, bool holds = false, DateTimeOffset? sentAt = null, DateTimeOffset? receivedAt = null) =>
        new(destination, (receivedAt ?? Start).AddMinutes(1), null) { Place = new(key, holds, sentAt) };

    private async Task<DeliveryId> BookInLineAsync(string name, string key = Key, string destination = Billing, bool holds = false, DateTimeOffset? sentAt = null, DateTimeOffset? receivedAt = null)
    {
        var webhook = Event(name, receivedAt: receivedAt);
        Assert.False((await Store.BookAsync(new Booking(webhook, [InLine(destination, key, holds, sentAt, receivedAt)]), Cancellation)).IsDuplicate);
        // What is kept within one moment is in no order.
        Time.Advance(TimeSpan.FromMilliseconds(1));
        return new(webhook.Id, destination);
    }

    private async Task<DeliveryId[]> BookLineAsync(int count, int from = 1, bool holds = false)
    {
        var ids = new List<DeliveryId>();
        for (var i = from; i < from + count; i++) ids.Add(await BookInLineAsync($"evt_{i}", holds: holds));
        return [.. ids];
    }

    private async Task AssertBehindAsync(DeliveryId id, int attempt = 1) =>
        Assert.Equal(new ClaimAnswer(ClaimResult.Behind), await Store.ClaimAsync(new Bell(id, attempt), NewLease(), Now, Cancellation));

    private async Task<Bell?> EndAsync(DeliveryId id, int attempt = 1) => (await Store.RecordAsync(Delivered(await ClaimAsync(id, attempt), Now), Cancellation)).Next;

    private async Task<Bell?> DieAsync(DeliveryId id, int attempt = 1) => (await Store.RecordAsync(Dead(await ClaimAsync(id, attempt), Now), Cancellation)).Next;

    private async Task<IEnumerable<DeliveryId>> DueNamesAsync(DateTimeOffset? upTo = null) => (await DueAsync(upTo ?? Start.AddDays(1))).Rows.Select(row => row.Bell.Delivery);
}
