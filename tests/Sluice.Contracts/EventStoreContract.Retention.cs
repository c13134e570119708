using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task Old_events_whose_deliveries_have_all_ended_are_let_go()
    {
        await DeliverAsync(await BookOneAsync("evt_1"));
        await KillAsync(await BookOneAsync("evt_2"));
        await BookAsync(Event("evt_3"));

        Assert.Equal(new Retained(Expired: 0, Deleted: 3), await RetainAsync(Start.AddMilliseconds(1)));
        Assert.Null(await Store.FindAsync(Event("evt_1").Id, Cancellation));
        Assert.Null(await Store.LoadAsync(Event("evt_1").Id, Cancellation));
        Assert.Empty(await ListAsync(new EventFilter()));
        Assert.Empty(await ListDeadAsync(new DeadLetterFilter()));
        Assert.Equal(new Stats(0, 0, 0, 0, 0, 0, 0, 0), await Store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task Events_that_are_not_older_stay()
    {
        await DeliverAsync(await BookOneAsync("evt_1"));

        Assert.Equal(new Retained(0, 0), await RetainAsync(Start));
        Assert.Equal(DeliveryStatus.Delivered, (await FindAsync(new DeliveryId(Event("evt_1").Id, Billing))).Status);
    }

    [Fact]
    public async Task Unfinished_deliveries_expire_and_their_event_goes_with_a_later_step()
    {
        await BookAsync(Event("evt_1"), Billing, Audit);
        var id = new DeliveryId(Event("evt_1").Id, Billing);
        await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now.AddDays(1)), Cancellation);

        Assert.Equal(new Retained(Expired: 2, Deleted: 0), await RetainAsync(Now.AddDays(1)));
        Assert.All((await FindAsync(id.Event)).Deliveries, delivery => Assert.Equal((DeliveryStatus.Expired, null), (delivery.Status, delivery.NextAttemptAt)));
        Assert.Equal(new Stats(1, 2, 0, 0, 0, 0, 2, 0), await Store.CountAsync(Cancellation));
        Assert.Empty((await DueAsync(Now.AddYears(1))).Rows);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(id, 2), NewLease(), Now, Cancellation)).Result);

        Assert.Equal(new Retained(Expired: 0, Deleted: 1), await RetainAsync(Now.AddDays(1)));
        Assert.Equal(new Retained(0, 0), await RetainAsync(Now.AddDays(1)));
    }

    [Fact]
    public async Task A_delivery_that_somebody_holds_is_left_alone()
    {
        await BookAsync(Event("evt_1"), Billing, Audit);
        var held = new DeliveryId(Event("evt_1").Id, Billing);
        var claim = await ClaimAsync(held, 1);

        Assert.Equal(new Retained(Expired: 1, Deleted: 0), await RetainAsync(Now.AddDays(1)));
        Assert.Equal(new Retained(0, 0), await RetainAsync(Now.AddDays(1)));
        Assert.Equal(DeliveryStatus.Pending, (await FindAsync(held)).Status);

        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal(new Retained(Expired: 0, Deleted: 1), await RetainAsync(Now.AddDays(1)));
    }

    [Fact]
    public async Task A_held_event_does_not_stop_the_others_from_going()
    {
        await ClaimAsync(await BookOneAsync("evt_1"), 1);
        await BookAsync(Event("evt_2", receivedAt: Start.AddMinutes(1)));
        await BookAsync(Event("evt_3", receivedAt: Start.AddMinutes(2)));

        var deleted = 0;
        for (var step = 0; step < 4; step++) deleted += (await RetainAsync(Start.AddDays(1), limit: 3)).Deleted;
        Assert.Equal(2, deleted);
        Assert.Equal(1, (await Store.CountAsync(Cancellation)).Events);
    }

    [Fact]
    public async Task A_delivery_whose_lease_ran_out_expires_and_its_late_completion_is_refused()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);

        Assert.Equal(new Retained(Expired: 1, Deleted: 0), await RetainAsync(Now));
        Assert.False(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal(DeliveryStatus.Expired, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task A_step_touches_no_more_events_than_asked()
    {
        for (var i = 0; i < 5; i++) await DeliverAsync(await BookOneAsync($"evt_{i}"));
        for (var i = 5; i < 8; i++) await BookOneAsync($"evt_{i}");

        var total = new Retained(0, 0);
        for (var step = 0; step < 30; step++)
        {
            var retained = await RetainAsync(Start.AddDays(1), limit: 2);
            Assert.InRange(retained.Expired + retained.Deleted, 0, 2);
            total = new(total.Expired + retained.Expired, total.Deleted + retained.Deleted);
            Assert.True((await Store.CountAsync(Cancellation)).IsConserved);
        }

        Assert.Equal(new Retained(Expired: 3, Deleted: 8), total);
    }

    [Fact]
    public async Task An_event_that_was_let_go_can_be_booked_again_as_new()
    {
        var id = await BookOneAsync();
        await KillAsync(id);
        await RetainAsync(Start.AddDays(1));

        Assert.Equal(new Booked(IsDuplicate: false), await BookAsync(Event("evt_1", body: [7], receivedAt: Start.AddDays(31)), Billing));
        Assert.Equal([7], (await Store.LoadAsync(id.Event, Cancellation))!.Body.ToArray());
        Assert.Empty((await FindAsync(id)).Attempts);
        Assert.Equal((1, 0), ((await ClaimAsync(id, 1)).Attempt, (await FindAsync(id)).Attempts.Count));
    }

    [Fact]
    public async Task A_bell_for_an_event_that_was_let_go_is_missing()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        await Store.RecordAsync(Delivered(claim, Now), Cancellation);
        await RetainAsync(Start.AddDays(1));

        Assert.Equal(ClaimResult.Missing, (await Store.ClaimAsync(new Bell(id, 2), NewLease(), Now, Cancellation)).Result);
        Assert.False(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Null(await Store.ReplayAsync(id, Now, onlyDead: false, Cancellation));
        Assert.Null(await Store.FindAsync(id.Event, Cancellation));
    }

    private async ValueTask<Retained> RetainAsync(DateTimeOffset before, int limit = 100) => await Store.RetainAsync(before, limit, Now, Cancellation);
}
