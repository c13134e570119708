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
    public async Task A_dead_letter_releases_its_line()
    {
        var ids = await BookLineAsync(2);
        await AssertBehindAsync(ids[1]);
        Assert.Equal(new Bell(ids[1], 1), await DieAsync(ids[0]));
        await DeliverAsync(ids[1]);
    }

    [Fact]
    public async Task A_dead_letter_that_holds_its_line_keeps_the_others_from_going()
    {
        var ids = await BookLineAsync(2, holds: true);
        await AssertBehindAsync(ids[1]);
        Assert.Null(await DieAsync(ids[0]));
        await AssertBehindAsync(ids[1]);
        Assert.Empty(await DueNamesAsync());
    }

    [Fact]
    public async Task A_dead_letter_of_which_nobody_waits_for_the_end_releases_its_line_although_it_held_it()
    {
        var ids = await BookLineAsync(3, holds: true);
        await AssertBehindAsync(ids[1]);
        Assert.Equal(new Bell(ids[1], 1), (await Store.RecordAsync(Dead(await ClaimAsync(ids[0], 1), Now) with { ReleasesLine = true }, Cancellation)).Next);

        // Replayed, it is out of order; the next one's place is its own.
        await Store.ReplayAsync(ids[0], Now, onlyDead: true, Cancellation);
        Assert.True((await ClaimAsync(ids[0], 2)).Place!.IsOutOfOrder);
        Assert.Null(await DieAsync(ids[1]));
        await AssertBehindAsync(ids[2]);
    }

    [Fact]
    public async Task A_purge_of_the_dead_letter_that_holds_its_line_makes_the_next_due_at_once()
    {
        var ids = await BookLineAsync(2, holds: true);
        await AssertBehindAsync(ids[1]);
        await DieAsync(ids[0]);

        Assert.True(await Store.PurgeAsync(ids[0], "purged", Now, Cancellation));
        Assert.Equal([ids[1]], await DueNamesAsync(Now));
        await DeliverAsync(ids[1]);
    }

    [Fact]
    public async Task A_replay_of_the_dead_letter_that_holds_its_line_is_in_its_place()
    {
        var ids = await BookLineAsync(3, holds: true);
        await AssertBehindAsync(ids[1]);
        await DieAsync(ids[0]);
        Assert.NotNull(await Store.ReplayAsync(ids[0], Now, onlyDead: true, Cancellation));
        await AssertBehindAsync(ids[1]);

        var claim = await ClaimAsync(ids[0], 2);
        Assert.False(claim.Place!.IsOutOfOrder);
        Assert.Equal(new Bell(ids[1], 1), (await Store.RecordAsync(Delivered(claim, Now), Cancellation)).Next);
        Assert.False((await FindAsync(ids[0])).IsOutOfOrder);
        await AssertBehindAsync(ids[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Any_other_replay_is_out_of_order_says_so_and_waits_for_nobody(bool dies)
    {
        var ids = await BookLineAsync(3);
        if (dies) await DieAsync(ids[0]);
        else await EndAsync(ids[0]);
        var under = await ClaimAsync(ids[1], 1);
        Assert.NotNull(await Store.ReplayAsync(ids[0], Now, onlyDead: false, Cancellation));

        var replayed = await ClaimAsync(ids[0], 2);
        Assert.True(replayed.Place!.IsOutOfOrder);
        Assert.Equal(new Recorded(IsHeld: true), await Store.RecordAsync(Delivered(replayed, Now), Cancellation));
        Assert.True((await FindAsync(ids[0])).IsOutOfOrder);
        Assert.False((await FindAsync(ids[1])).IsOutOfOrder);
        await AssertBehindAsync(ids[2]);
        Assert.Equal(new Bell(ids[2], 1), (await Store.RecordAsync(Delivered(under, Now), Cancellation)).Next);
    }

    [Fact]
    public async Task A_replay_out_of_order_that_dies_holds_no_line()
    {
        var ids = await BookLineAsync(2, holds: true);
        await EndAsync(ids[0]);
        await Store.ReplayAsync(ids[0], Now, onlyDead: false, Cancellation);
        await DieAsync(ids[0], attempt: 2);
        await DeliverAsync(ids[1]);
    }

    [Fact]
    public async Task A_delivery_that_is_added_to_an_event_is_out_of_order()
    {
        await BookInLineAsync("evt_1");
        await BookAsync(Event("evt_2"), Audit);
        var added = new DeliveryId(Event("evt_2").Id, Billing);
        await Store.AddDeliveryAsync(added, Now, Cancellation);
        Assert.Null((await ClaimAsync(added, 1)).Place);
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
    public async Task What_expires_makes_the_next_due_at_once()
    {
        var old = await BookInLineAsync("evt_1");
        var young = await BookInLineAsync("evt_2", receivedAt: Start.AddHours(1));
        Time.Advance(TimeSpan.FromHours(1));
        await AssertBehindAsync(young);

        Assert.Equal(new Retained(1, 0), await RetainAsync(Start.AddMinutes(1)));
        Assert.Equal(DeliveryStatus.Expired, (await FindAsync(old)).Status);
        Assert.Equal([young], await DueNamesAsync(Now));
        await DeliverAsync(young);
    }

    [Fact]
    public async Task A_dead_letter_that_held_its_line_makes_the_next_due_at_once_when_it_is_let_go()
    {
        var old = await BookInLineAsync("evt_1", holds: true);
        var young = await BookInLineAsync("evt_2", receivedAt: Start.AddHours(1), holds: true);
        await DieAsync(old);
        Time.Advance(TimeSpan.FromHours(1));
        await AssertBehindAsync(young);

        Assert.Equal(new Retained(0, 1), await RetainAsync(Start.AddMinutes(1)));
        Assert.Equal([young], await DueNamesAsync(Now));
        await DeliverAsync(young);
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

    [Fact]
    public async Task The_latest_of_the_senders_times_that_was_delivered_is_told_with_a_claim()
    {
        var first = await BookInLineAsync("evt_1", sentAt: Start.AddSeconds(20));
        var second = await BookInLineAsync("evt_2", sentAt: Start.AddSeconds(10));
        var third = await BookInLineAsync("evt_3", sentAt: Start.AddSeconds(30));
        var claim = await ClaimAsync(first, 1);
        Assert.Equal(new ClaimedPlace(false, Start.AddSeconds(20), null), claim.Place);
        await Store.RecordAsync(Delivered(claim, Now), Cancellation);

        claim = await ClaimAsync(second, 1);
        Assert.Equal(new ClaimedPlace(false, Start.AddSeconds(10), Start.AddSeconds(20)), claim.Place);
        await Store.RecordAsync(Delivered(claim, Now) with { Status = DeliveryStatus.Skipped, Reason = "stale" }, Cancellation);
        claim = await ClaimAsync(third, 1);
        Assert.Equal(Start.AddSeconds(20), claim.Place!.DeliveredUpTo);
        await Store.RecordAsync(Dead(claim, Now), Cancellation);

        // Of other keys, and of what was not delivered, nothing is told.
        Assert.Null((await ClaimAsync(await BookInLineAsync("evt_4", OtherKey, sentAt: Start), 1)).Place!.DeliveredUpTo);
        Assert.Equal(Start.AddSeconds(20), (await ClaimAsync(await BookInLineAsync("evt_5", sentAt: Start), 1)).Place!.DeliveredUpTo);
    }

    [Fact]
    public async Task The_senders_time_goes_with_the_event_that_it_was_of()
    {
        await DeliverAsync(await BookInLineAsync("evt_1", sentAt: Start));
        await RetainAsync(Start.AddMinutes(1));
        var claim = await ClaimAsync(await BookInLineAsync("evt_2", sentAt: Start.AddSeconds(-1)), 1);
        Assert.Null(claim.Place!.DeliveredUpTo);
    }

    [Fact]
    public async Task A_senders_time_may_be_as_early_as_can_be_written()
    {
        await DeliverAsync(await BookInLineAsync("evt_1", sentAt: DateTimeOffset.MinValue));
        var claim = await ClaimAsync(await BookInLineAsync("evt_2", sentAt: Start), 1);
        Assert.Equal(DateTimeOffset.MinValue, claim.Place!.DeliveredUpTo);
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
