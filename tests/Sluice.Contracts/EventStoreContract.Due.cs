using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task What_is_due_comes_oldest_first_and_with_the_bell_to_ring()
    {
        await BookDueAsync("evt_1", Start.AddSeconds(30));
        await BookDueAsync("evt_2", Start.AddSeconds(10));
        await BookDueAsync("evt_3", Start.AddSeconds(20));

        var due = await DueAsync(Start.AddSeconds(30));
        Assert.Equal(
            [
                new DueRow(new Bell(new(Event("evt_2").Id, Billing), 1), Start.AddSeconds(10)),
                new DueRow(new Bell(new(Event("evt_3").Id, Billing), 1), Start.AddSeconds(20)),
                new DueRow(new Bell(new(Event("evt_1").Id, Billing), 1), Start.AddSeconds(30)),
            ],
            due.Rows);
        Assert.Null(due.Next);
    }

    [Fact]
    public async Task What_is_due_later_is_not_due_but_says_when()
    {
        await BookDueAsync("evt_1", Start.AddSeconds(10));
        await BookDueAsync("evt_2", Start.AddSeconds(10).AddMilliseconds(1));
        await BookDueAsync("evt_3", Start.AddDays(3));

        var due = await DueAsync(Start.AddSeconds(10));
        Assert.Equal(Event("evt_1").Id, Assert.Single(due.Rows).Bell.Delivery.Event);
        Assert.Equal(Start.AddSeconds(10).AddMilliseconds(1), due.Next);
        Assert.Equal(Start.AddSeconds(10), (await DueAsync(Start)).Next);
    }

    [Fact]
    public async Task No_more_is_said_to_be_due_than_was_asked_for()
    {
        for (var i = 0; i < 7; i++) await BookDueAsync($"evt_{i}", Start.AddSeconds(i));
        await BookDueAsync("evt_later", Start.AddDays(1));

        var due = await DueAsync(Start.AddMinutes(1), limit: 3);
        Assert.Equal([Start, Start.AddSeconds(1), Start.AddSeconds(2)], due.Rows.Select(row => row.Due));
        Assert.Null(due.Next);
    }

    [Fact]
    public async Task In_an_empty_book_nothing_is_due()
    {
        var due = await DueAsync(DateTimeOffset.MaxValue);
        Assert.Empty(due.Rows);
        Assert.Null(due.Next);
    }

    [Fact]
    public async Task A_claimed_delivery_is_due_when_its_lease_ends()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);

        Assert.Empty((await DueAsync(claim.Lease.Until.AddMilliseconds(-1))).Rows);
        Assert.Equal(new DueRow(new Bell(id, 1), claim.Lease.Until), Assert.Single((await DueAsync(claim.Lease.Until)).Rows));
    }

    [Fact]
    public async Task An_ended_delivery_is_never_due()
    {
        await DeliverAsync(await BookOneAsync("evt_1"));
        await KillAsync(await BookOneAsync("evt_2"));
        var purged = await BookOneAsync("evt_3");
        await KillAsync(purged);
        await Store.PurgeAsync(purged, "no use", Now, Cancellation);

        var due = await DueAsync(Start.AddYears(10));
        Assert.Empty(due.Rows);
        Assert.Null(due.Next);
    }

    [Fact]
    public async Task A_postponed_delivery_is_due_at_its_new_time_only()
    {
        var id = await BookOneAsync();
        await Store.PostponeAsync(new Bell(id, 1), Start.AddHours(1), Cancellation);

        var due = await DueAsync(Start.AddHours(1).AddMilliseconds(-1));
        Assert.Empty(due.Rows);
        Assert.Equal(Start.AddHours(1), due.Next);
        Assert.Equal(new DueRow(new Bell(id, 1), Start.AddHours(1)), Assert.Single((await DueAsync(Start.AddHours(1))).Rows));
        await ClaimAsync(id, 1);
    }

    [Fact]
    public async Task Postponing_does_not_take_a_claim_from_its_holder()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        await Store.PostponeAsync(new Bell(id, 1), Start.AddHours(1), Cancellation);

        Assert.Single((await DueAsync(Start.AddDays(1))).Rows);
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
    }

    [Fact]
    public async Task A_delivery_that_has_moved_on_is_not_postponed()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        await Store.PostponeAsync(new Bell(id, 2), Start.AddHours(1), Cancellation);
        Assert.Equal(claim.Lease.Until, Assert.Single((await DueAsync(Start.AddDays(1))).Rows).Due);

        await Store.RecordAsync(Retrying(claim, Now, Now.AddMinutes(1)), Cancellation);
        await Store.PostponeAsync(new Bell(id, 1), Start.AddHours(1), Cancellation);
        await Store.PostponeAsync(new Bell(id, 3), Start.AddHours(1), Cancellation);
        Assert.Equal(Now.AddMinutes(1), Assert.Single((await DueAsync(Start.AddDays(1))).Rows).Due);
    }

    [Fact]
    public async Task Postponing_what_has_ended_or_is_not_there_does_nothing()
    {
        var id = await BookOneAsync();
        await DeliverAsync(id);
        await Store.PostponeAsync(new Bell(id, 1), Start.AddHours(1), Cancellation);
        await Store.PostponeAsync(new Bell(id, 2), Start.AddHours(1), Cancellation);
        await Store.PostponeAsync(new Bell(new(Event("evt_9").Id, Billing), 1), Start.AddHours(1), Cancellation);

        Assert.Empty((await DueAsync(Start.AddYears(1))).Rows);
        Assert.Equal(DeliveryStatus.Delivered, (await FindAsync(id)).Status);
    }

    private async Task BookDueAsync(string key, DateTimeOffset due) =>
        await Store.BookAsync(new Booking(Event(key), [new BookedDelivery(Billing, due, null)]), Cancellation);
}
