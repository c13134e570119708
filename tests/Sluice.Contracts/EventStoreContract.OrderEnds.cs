using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

// Dead letters, replays and retention in a line.
public abstract partial class EventStoreContract
{
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
}
