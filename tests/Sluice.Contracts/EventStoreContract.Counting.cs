using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task The_sums_are_right_after_every_kind_of_step()
    {
        await CountsAsync(new Stats(0, 0, 0, 0, 0, 0, 0, 0));
        await BookAsync(Event("evt_1"), Billing, Audit, "third");
        await BookAsync(Event("evt_2"));
        await CountsAsync(new Stats(2, 3, 3, 0, 0, 0, 0, 0));
        await BookAsync(Event("evt_1"), Billing, Audit, "third");
        await CountsAsync(new Stats(2, 3, 3, 0, 0, 0, 0, 0));

        var (first, second, third) = (new DeliveryId(Event("evt_1").Id, Billing), new DeliveryId(Event("evt_1").Id, Audit), new DeliveryId(Event("evt_1").Id, "third"));
        var claim = await ClaimAsync(first, 1);
        await CountsAsync(new Stats(2, 3, 3, 0, 0, 0, 0, 0));
        await Store.RecordAsync(Retrying(claim, Now, Now), Cancellation);
        await CountsAsync(new Stats(2, 3, 2, 1, 0, 0, 0, 0));
        await Store.RecordAsync(Delivered(claim, Now), Cancellation);
        await CountsAsync(new Stats(2, 3, 2, 1, 0, 0, 0, 0));
        await Store.RecordAsync(Retrying(await ClaimAsync(first, 2), Now, Now), Cancellation);
        await CountsAsync(new Stats(2, 3, 2, 1, 0, 0, 0, 0));
        await DeliverAsync(first, attempt: 3);
        await KillAsync(second);
        await CountsAsync(new Stats(2, 3, 1, 0, 1, 1, 0, 0));

        await Store.ReplayAsync(second, Now, onlyDead: true, Cancellation);
        await Store.ReplayAsync(first, Now, onlyDead: false, Cancellation);
        await CountsAsync(new Stats(2, 3, 3, 0, 0, 0, 0, 0));
        await KillAsync(second, attempt: 2);
        await Store.PurgeAsync(second, "no use", Now, Cancellation);
        await CountsAsync(new Stats(2, 3, 2, 0, 0, 0, 0, 1));
        await Store.AddDeliveryAsync(new(Event("evt_2").Id, Billing), Now, Cancellation);
        await CountsAsync(new Stats(2, 4, 3, 0, 0, 0, 0, 1));

        await DeliverAsync(third);
        await RetainAsync(Now.AddDays(1));
        await CountsAsync(new Stats(2, 4, 0, 0, 1, 0, 2, 1));
        await RetainAsync(Now.AddDays(1));
        await CountsAsync(new Stats(0, 0, 0, 0, 0, 0, 0, 0));
    }

    [Fact]
    public async Task A_lapsed_claim_and_its_refused_completion_are_counted_once()
    {
        var id = await BookOneAsync();
        var late = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        await CountsAsync(new Stats(1, 1, 1, 0, 0, 0, 0, 0));
        await Store.RecordAsync(Retrying(lapsed, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation);
        await CountsAsync(new Stats(1, 1, 0, 1, 0, 0, 0, 0));
        await Store.RecordAsync(Delivered(late, Now), Cancellation);
        await CountsAsync(new Stats(1, 1, 0, 1, 0, 0, 0, 0));
        await DeliverAsync(id, attempt: 2);
        await CountsAsync(new Stats(1, 1, 0, 0, 1, 0, 0, 0));
    }

    [Fact]
    public async Task The_sums_hold_while_many_work_at_once()
    {
        var start = Now;
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => LiveAsync($"evt_{i}", i % 4), Cancellation)));

        var stats = await Store.CountAsync(Cancellation);
        Assert.Equal(new Stats(24, 48, 30, 6, 6, 6, 0, 0), stats);
        Assert.True(stats.IsConserved);
        Assert.Equal(36, (await DueAsync(start.AddDays(1))).Rows.Count);
    }

    private async Task LiveAsync(string key, int fate)
    {
        await BookAsync(Event(key), Billing, Audit);
        var id = new DeliveryId(Event(key).Id, Billing);
        if (fate == 0) await DeliverAsync(id);
        else if (fate == 1) await KillAsync(id);
        else if (fate == 2) await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now), Cancellation);
        Assert.True((await Store.CountAsync(Cancellation)).IsConserved);
    }

    private async Task CountsAsync(Stats expected)
    {
        var stats = await Store.CountAsync(Cancellation);
        Assert.Equal(expected, stats);
        Assert.True(stats.IsConserved);
    }
}
