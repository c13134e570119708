using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

// The senders' own times of the events in a line.
public abstract partial class EventStoreContract
{
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
}
