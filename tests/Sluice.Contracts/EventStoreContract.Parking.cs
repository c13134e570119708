using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_parked_delivery_is_not_due_however_late_it_gets()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);

        var due = await DueAsync(Start.AddYears(10));
        Assert.Empty(due.Rows);
        Assert.Null(due.Next);
        Assert.Equal(DeliveryStatus.Pending, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task Parked_deliveries_come_oldest_first_and_with_the_bell_to_ring()
    {
        await BookDueAsync("evt_1", Start.AddSeconds(30));
        await BookDueAsync("evt_2", Start.AddSeconds(10));
        await BookDueAsync("evt_3", Start.AddSeconds(20));
        Time.Advance(TimeSpan.FromMinutes(1));
        foreach (var key in new[] { "evt_1", "evt_2", "evt_3" }) await ParkAsync(new(Event(key).Id, Billing));

        Assert.Equal(
            [
                new DueRow(new Bell(new(Event("evt_2").Id, Billing), 1), Start.AddSeconds(10)),
                new DueRow(new Bell(new(Event("evt_3").Id, Billing), 1), Start.AddSeconds(20)),
                new DueRow(new Bell(new(Event("evt_1").Id, Billing), 1), Start.AddSeconds(30)),
            ],
            await ParkedAsync());
    }

    [Fact]
    public async Task One_that_was_parked_before_its_due_time_stands_in_line_from_then()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        Assert.Equal([new DueRow(new Bell(id, 1), Now)], await ParkedAsync());
    }

    [Fact]
    public async Task Whoever_parks_learns_whether_it_waits_for_the_bells_attempt()
    {
        var id = await BookOneAsync();
        Assert.False(await Store.ParkAsync(new(id, 2), Now, Cancellation));
        Assert.True(await Store.ParkAsync(new(id, 1), Now, Cancellation));
        Assert.True(await Store.ParkAsync(new(id, 1), Now, Cancellation));

        var claim = await ClaimAsync(id, 1);
        Assert.False(await Store.ParkAsync(new(id, 1), Now, Cancellation));
        await Store.RecordAsync(Delivered(claim, Now), Cancellation);
        Assert.False(await Store.ParkAsync(new(id, 2), Now, Cancellation));
        Assert.False(await Store.ParkAsync(new(new(Event("none").Id, Billing), 1), Now, Cancellation));
    }

    [Fact]
    public async Task Each_destination_has_its_own_line()
    {
        await BookAsync(Event("evt_1"), Billing, Audit, Billing + "_2");
        foreach (var name in new[] { Billing, Audit, Billing + "_2" }) await ParkAsync(new(Event("evt_1").Id, name));

        Assert.Equal(Billing, Assert.Single(await ParkedAsync()).Bell.Delivery.Destination);
        Assert.Equal(Audit, Assert.Single(await ParkedAsync(Audit)).Bell.Delivery.Destination);
        Assert.Equal(Billing + "_2", Assert.Single(await ParkedAsync(Billing + "_2")).Bell.Delivery.Destination);
        Assert.Empty(await ParkedAsync("bill"));
    }

    [Fact]
    public async Task The_destinations_with_parked_deliveries_are_known()
    {
        Assert.Empty(await Store.ParkedDestinationsAsync(Cancellation));
        for (var i = 0; i < 5; i++) await BookAsync(Event($"evt_{i}"), Billing, Audit, Billing + "_2", Billing + "2");
        for (var i = 0; i < 5; i++)
        {
            foreach (var name in new[] { Billing, Billing + "_2", Billing + "2" }) await ParkAsync(new(Event($"evt_{i}").Id, name));
        }

        Assert.Equal([Billing, Billing + "2", Billing + "_2"], (await Store.ParkedDestinationsAsync(Cancellation)).Order(StringComparer.Ordinal));
        for (var i = 0; i < 5; i++) await DeliverAsync(new(Event($"evt_{i}").Id, Billing));
        Assert.DoesNotContain(Billing, await Store.ParkedDestinationsAsync(Cancellation));
    }

    [Fact]
    public async Task No_more_parked_ones_come_than_were_asked_for()
    {
        for (var i = 0; i < 7; i++) await BookDueAsync($"evt_{i}", Start.AddSeconds(i));
        Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 6; i >= 0; i--) await ParkAsync(new(Event($"evt_{i}").Id, Billing));

        Assert.Equal([Start, Start.AddSeconds(1), Start.AddSeconds(2)], (await ParkedAsync(limit: 3)).Select(row => row.Due));
    }

    [Fact]
    public async Task A_postponed_one_is_due_again_and_parked_no_more()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        await Store.PostponeAsync(new Bell(id, 1), Start.AddHours(1), Cancellation);

        Assert.Empty(await ParkedAsync());
        Assert.Equal(Start.AddHours(1), (await DueAsync(Start)).Next);
        Assert.Equal(new DueRow(new Bell(id, 1), Start.AddHours(1)), Assert.Single((await DueAsync(Start.AddHours(1))).Rows));
        await DeliverAsync(id);
    }

    [Fact]
    public async Task A_stale_bell_brings_nothing_back_from_where_it_is_parked()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        await Store.PostponeAsync(new Bell(id, 2), Start.AddHours(1), Cancellation);
        await Store.PostponeAsync(new Bell(id, 0), Start.AddHours(1), Cancellation);

        Assert.Single(await ParkedAsync());
        Assert.Empty((await DueAsync(Start.AddDays(1))).Rows);
    }

    [Fact]
    public async Task A_claim_takes_a_parked_one_and_its_lease_brings_it_back()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(id, 2), NewLease(), Now, Cancellation)).Result);
        var claim = await ClaimAsync(id, 1);

        Assert.Empty(await ParkedAsync());
        Assert.Empty((await DueAsync(claim.Lease.Until.AddMilliseconds(-1))).Rows);
        Assert.Equal(new DueRow(new Bell(id, 1), claim.Lease.Until), Assert.Single((await DueAsync(claim.Lease.Until)).Rows));
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Empty((await DueAsync(Start.AddYears(1))).Rows);
    }

    [Fact]
    public async Task Parked_twice_it_keeps_its_place_in_line()
    {
        await BookDueAsync("evt_1", Start.AddDays(1));
        var id = new DeliveryId(Event("evt_1").Id, Billing);
        await ParkAsync(id);
        Time.Advance(TimeSpan.FromMinutes(1));
        await ParkAsync(id);
        Assert.Equal([new DueRow(new Bell(id, 1), Start)], await ParkedAsync());
    }

    [Fact]
    public async Task A_stale_bell_parks_nothing()
    {
        var id = await BookOneAsync();
        await ParkAsync(id, attempt: 2);
        await ParkAsync(id, attempt: 0);
        await ParkAsync(new(Event("evt_9").Id, Billing));
        await ParkAsync(new(id.Event, Audit));

        Assert.Empty(await ParkedAsync());
        Assert.Empty(await ParkedAsync(Audit));
        Assert.Single((await DueAsync(Start.AddDays(1))).Rows);
    }

    [Fact]
    public async Task A_claimed_one_is_not_parked_by_any_bell()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        await ParkAsync(id, attempt: 1);
        await ParkAsync(id, attempt: 2);

        Assert.Empty(await ParkedAsync());
        Assert.Equal(claim.Lease.Until, Assert.Single((await DueAsync(Start.AddDays(1))).Rows).Due);
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
    }

    [Fact]
    public async Task A_retry_is_parked_by_its_own_attempts_bell()
    {
        var id = await BookOneAsync();
        await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now.AddSeconds(5)), Cancellation);
        Time.Advance(TimeSpan.FromSeconds(10));
        await ParkAsync(id, attempt: 1);
        Assert.Empty(await ParkedAsync());

        await ParkAsync(id, attempt: 2);
        Assert.Equal([new DueRow(new Bell(id, 2), Start.AddSeconds(5))], await ParkedAsync());
        Assert.Equal(DeliveryStatus.Retrying, (await FindAsync(id)).Status);
        await DeliverAsync(id, attempt: 2);
    }

    [Fact]
    public async Task What_has_ended_is_not_parked_and_what_is_replayed_is_parked_no_more()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        await KillAsync(id);
        Assert.Empty(await ParkedAsync());
        await ParkAsync(id, attempt: 1);
        await ParkAsync(id, attempt: 2);
        Assert.Empty(await ParkedAsync());

        await Store.ReplayAsync(id, Now, onlyDead: true, Cancellation);
        Assert.Empty(await ParkedAsync());
        Assert.Single((await DueAsync(Start.AddDays(1))).Rows);
        await ParkAsync(id, attempt: 2);
        Assert.Single(await ParkedAsync());
    }

    [Fact]
    public async Task A_parked_one_expires_with_retention_and_no_attempt_is_made_up()
    {
        var id = await BookOneAsync();
        await ParkAsync(id);
        Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(new Retained(1, 0), await Store.RetainAsync(Now.AddDays(-30), 10, Now, Cancellation));

        Assert.Empty(await ParkedAsync());
        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Expired, 0), (delivery.Status, delivery.Attempts.Count));
        Assert.Equal(new Retained(0, 1), await Store.RetainAsync(Now.AddDays(-30), 10, Now, Cancellation));
    }

    [Fact]
    public async Task Parking_and_claiming_at_once_leaves_nothing_that_is_neither_due_nor_parked()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = await BookOneAsync($"evt_{i}");
            await Task.WhenAll(ParkAsync(id), Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation).AsTask(), ParkAsync(id), Store.PostponeAsync(new Bell(id, 1), Now.AddMinutes(1), Cancellation).AsTask());
            var due = (await DueAsync(Start.AddDays(1))).Rows.Count(row => row.Bell.Delivery == id);
            Assert.Equal(1, due + (await ParkedAsync()).Count(row => row.Bell.Delivery == id));
        }
    }

    private Task<bool> ParkAsync(DeliveryId id, int attempt = 1) => Store.ParkAsync(new Bell(id, attempt), Now, Cancellation).AsTask();

    private async Task<IReadOnlyList<DueRow>> ParkedAsync(string destination = Billing, int limit = 100) => await Store.ParkedAsync(destination, limit, Cancellation);
}
