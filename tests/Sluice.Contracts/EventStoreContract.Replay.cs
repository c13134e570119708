using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_replayed_dead_letter_is_pending_again_and_its_numbers_go_on()
    {
        var id = await BookOneAsync();
        await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now), Cancellation);
        await KillAsync(id, attempt: 2);

        Assert.Equal(new Bell(id, 3), await Store.ReplayAsync(id, Now.AddMinutes(2), onlyDead: true, Cancellation));
        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Pending, null), (delivery.Status, delivery.Reason));
        Assert.Equal([1, 2], delivery.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(new DueRow(new Bell(id, 3), Now.AddMinutes(2)), Assert.Single((await DueAsync(Now.AddDays(1))).Rows));
    }

    [Fact]
    public async Task After_a_replay_attempts_are_counted_from_the_last_one_before()
    {
        var id = await BookOneAsync();
        await KillAsync(id);
        await Store.ReplayAsync(id, Now, onlyDead: true, Cancellation);
        var claim = await ClaimAsync(id, 2);
        Assert.Equal((2, 1), (claim.Attempt, claim.CountedFrom));

        await Store.RecordAsync(Retrying(claim, Now, Now), Cancellation);
        Assert.Equal(1, (await ClaimAsync(id, 3)).CountedFrom);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 3), NewLease(), Now, Cancellation)).Claim!;
        Assert.Equal((3, 1), (lapsed.Attempt, lapsed.CountedFrom));

        await Store.RecordAsync(Dead(lapsed, Now), Cancellation);
        await Store.ReplayAsync(id, Now, onlyDead: true, Cancellation);
        Assert.Equal(3, (await ClaimAsync(id, 4)).CountedFrom);
    }

    [Fact]
    public async Task Every_end_can_be_replayed_unless_only_the_dead_are_meant()
    {
        var delivered = await BookOneAsync("evt_1");
        await DeliverAsync(delivered);
        var purged = await BookOneAsync("evt_2");
        await KillAsync(purged);
        await Store.PurgeAsync(purged, "no use", Now, Cancellation);

        Assert.Null(await Store.ReplayAsync(delivered, Now, onlyDead: true, Cancellation));
        Assert.Null(await Store.ReplayAsync(purged, Now, onlyDead: true, Cancellation));
        Assert.Equal(new Bell(delivered, 2), await Store.ReplayAsync(delivered, Now, onlyDead: false, Cancellation));
        Assert.Equal(new Bell(purged, 2), await Store.ReplayAsync(purged, Now, onlyDead: false, Cancellation));
        await DeliverAsync(delivered, attempt: 2);
    }

    [Fact]
    public async Task What_is_not_at_an_end_or_not_there_is_not_replayed()
    {
        var id = await BookOneAsync();
        Assert.Null(await Store.ReplayAsync(id, Now.AddDays(1), onlyDead: false, Cancellation));
        var claim = await ClaimAsync(id, 1);
        Assert.Null(await Store.ReplayAsync(id, Now.AddDays(1), onlyDead: false, Cancellation));
        Assert.Null(await Store.ReplayAsync(id with { Destination = Audit }, Now, onlyDead: false, Cancellation));
        Assert.Null(await Store.ReplayAsync(new(Event("evt_9").Id, Billing), Now, onlyDead: false, Cancellation));

        Assert.True(await Store.RecordAsync(Retrying(claim, Now, Now), Cancellation));
        Assert.Null(await Store.ReplayAsync(id, Now.AddDays(1), onlyDead: false, Cancellation));
    }

    [Fact]
    public async Task Of_16_replays_at_once_one_opens_the_delivery()
    {
        var id = await BookOneAsync();
        await KillAsync(id);
        var bells = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () => await Store.ReplayAsync(id, Start, onlyDead: true, Cancellation), Cancellation)));

        Assert.Equal(new Bell(id, 2), Assert.Single(bells, bell => bell is not null));
        Assert.Equal(new Stats(1, 1, 1, 0, 0, 0, 0, 0), await Store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_delivery_can_be_added_to_a_kept_event_once()
    {
        await BookAsync(Event("evt_1"));
        var id = new DeliveryId(Event("evt_1").Id, Audit);

        Assert.Equal(new Bell(id, 1), await Store.AddDeliveryAsync(id, Now.AddMinutes(2), Cancellation));
        Assert.Null(await Store.AddDeliveryAsync(id, Now, Cancellation));
        Assert.Equal(new DueRow(new Bell(id, 1), Now.AddMinutes(2)), Assert.Single((await DueAsync(Now.AddDays(1))).Rows));
        Assert.Equal(DeliveryStatus.Pending, (await FindAsync(id)).Status);
        await DeliverAsync(id);
        Assert.Null(await Store.AddDeliveryAsync(id, Now, Cancellation));
    }

    [Fact]
    public async Task A_delivery_is_not_added_to_an_event_that_is_not_there()
    {
        Assert.Null(await Store.AddDeliveryAsync(new(Event("evt_9").Id, Audit), Now, Cancellation));
        Assert.Empty((await DueAsync(Now.AddDays(1))).Rows);
        Assert.Equal(new Stats(0, 0, 0, 0, 0, 0, 0, 0), await Store.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_purged_dead_letter_is_skipped_with_the_reason()
    {
        var id = await BookOneAsync();
        await KillAsync(id);

        Assert.True(await Store.PurgeAsync(id, "purged by an operator", Now, Cancellation));
        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Skipped, "purged by an operator"), (delivery.Status, delivery.Reason));
        Assert.Single(delivery.Attempts);
        Assert.False(await Store.PurgeAsync(id, "again", Now, Cancellation));
        Assert.Equal("purged by an operator", (await FindAsync(id)).Reason);
    }

    [Fact]
    public async Task Only_the_dead_are_purged()
    {
        var open = await BookOneAsync("evt_1");
        var delivered = await BookOneAsync("evt_2");
        await DeliverAsync(delivered);

        Assert.False(await Store.PurgeAsync(open, "no", Now, Cancellation));
        Assert.False(await Store.PurgeAsync(delivered, "no", Now, Cancellation));
        Assert.False(await Store.PurgeAsync(new(Event("evt_9").Id, Billing), "no", Now, Cancellation));
        Assert.Equal((DeliveryStatus.Pending, DeliveryStatus.Delivered), ((await FindAsync(open)).Status, (await FindAsync(delivered)).Status));
    }
}
