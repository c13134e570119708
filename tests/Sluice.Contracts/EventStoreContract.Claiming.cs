using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_claim_is_the_right_to_the_attempt_the_bell_asks_for()
    {
        var id = await BookOneAsync();
        var lease = NewLease();
        var answer = await Store.ClaimAsync(new Bell(id, 1), lease, Now, Cancellation);

        Assert.Equal(ClaimResult.Claimed, answer.Result);
        Assert.Equal((id, 1, 0, lease), (answer.Claim!.Delivery, answer.Claim.Attempt, answer.Claim.CountedFrom, answer.Claim.Lease));
        Assert.Equal(DeliveryStatus.Pending, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task A_second_claim_is_refused_while_the_lease_runs()
    {
        var id = await BookOneAsync();
        await ClaimAsync(id, 1);
        Time.Advance(LeaseTime - TimeSpan.FromMilliseconds(1));

        Assert.Equal(ClaimResult.Leased, (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Result);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(id, 2), NewLease(), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task A_refused_claim_changes_nothing()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        Time.Advance(TimeSpan.FromSeconds(10));
        await Store.ClaimAsync(new Bell(id, 2), NewLease(), Now, Cancellation);
        await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation);

        Assert.Equal(claim.Lease.Until, Assert.Single((await DueAsync(Start.AddDays(1))).Rows).Due);
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
    }

    [Fact]
    public async Task A_lapsed_lease_gives_back_its_claim_and_no_new_one()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);

        var answer = await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation);
        Assert.Equal(ClaimResult.Lapsed, answer.Result);
        Assert.Equal((id, 1, 0, claim.Lease.Token), (answer.Claim!.Delivery, answer.Claim.Attempt, answer.Claim.CountedFrom, answer.Claim.Lease.Token));
        // Not claimed by the asking: the answer stays the same until the attempt is recorded as unknown.
        Assert.Equal(ClaimResult.Lapsed, (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task After_the_lapsed_attempt_is_recorded_as_unknown_the_next_can_be_claimed()
    {
        var id = await BookOneAsync();
        await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        Assert.True(await Store.RecordAsync(Retrying(lapsed, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation));

        Assert.Equal(2, (await ClaimAsync(id, 2)).Attempt);
        Assert.Equal([(1, AttemptOutcome.Unknown)], (await FindAsync(id)).Attempts.Select(attempt => (attempt.Number, attempt.Outcome)));
    }

    [Fact]
    public async Task Of_two_who_find_the_same_lapsed_lease_one_records_it()
    {
        var id = await BookOneAsync();
        await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var first = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        var second = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;

        Assert.True(await Store.RecordAsync(Retrying(first, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation));
        Assert.False(await Store.RecordAsync(Retrying(second, Now, Now.AddHours(1), outcome: AttemptOutcome.Unknown), Cancellation));
        Assert.Single((await FindAsync(id)).Attempts);
        Assert.Single((await DueAsync(Now)).Rows);
    }

    [Fact]
    public async Task A_look_at_a_lease_does_not_begin_the_attempt_that_its_holder_put_off()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        var look = Assert.Single((await DueAsync(claim.Lease.Until)).Rows);
        await Store.RecordAsync(Retrying(claim, Now, Now.AddHours(1)), Cancellation);
        Time.Advance(LeaseTime);

        await Store.PostponeAsync(look.Bell, Now.AddMinutes(2), Cancellation);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(look.Bell, NewLease(), Now, Cancellation)).Result);
        Assert.Equal(Start.AddHours(1), Assert.Single((await DueAsync(Start.AddDays(1))).Rows).Due);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task A_bell_for_another_attempt_is_stale(int attempt)
    {
        var id = await BookOneAsync();

        var answer = await Store.ClaimAsync(new Bell(id, attempt), NewLease(), Now, Cancellation);
        Assert.Equal(new ClaimAnswer(ClaimResult.Stale), answer);
        await ClaimAsync(id, 1);
    }

    [Fact]
    public async Task A_bell_for_an_attempt_that_is_over_is_stale()
    {
        var id = await BookOneAsync();
        await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, Now), Cancellation);

        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task A_bell_for_an_ended_delivery_is_stale()
    {
        var delivered = await BookOneAsync("evt_1");
        await DeliverAsync(delivered);
        var dead = await BookOneAsync("evt_2");
        await KillAsync(dead);

        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(delivered, 1), NewLease(), Now, Cancellation)).Result);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(delivered, 2), NewLease(), Now, Cancellation)).Result);
        Assert.Equal(ClaimResult.Stale, (await Store.ClaimAsync(new Bell(dead, 2), NewLease(), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task A_bell_for_nothing_is_missing()
    {
        var id = await BookOneAsync();

        Assert.Equal(ClaimResult.Missing, (await Store.ClaimAsync(new Bell(id with { Destination = Audit }, 1), NewLease(), Now, Cancellation)).Result);
        Assert.Equal(ClaimResult.Missing, (await Store.ClaimAsync(new Bell(new(Event("evt_9").Id, Billing), 1), NewLease(), Now, Cancellation)).Result);
    }

    [Fact]
    public async Task Of_32_claims_at_once_one_succeeds()
    {
        var id = await BookOneAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation), Cancellation)));

        var claim = Assert.Single(answers, answer => answer.Result == ClaimResult.Claimed).Claim!;
        Assert.All(answers, answer => Assert.True(answer.Result is ClaimResult.Claimed or ClaimResult.Leased));
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
    }

    [Fact]
    public async Task Deliveries_of_one_event_are_claimed_each_for_itself()
    {
        await BookAsync(Event("evt_1"), Billing, Audit);
        var first = await ClaimAsync(new(Event("evt_1").Id, Billing), 1);
        var second = await ClaimAsync(new(Event("evt_1").Id, Audit), 1);

        Assert.True(await Store.RecordAsync(Dead(first, Now), Cancellation));
        Assert.True(await Store.RecordAsync(Delivered(second, Now), Cancellation));
        Assert.Equal(nameof(DeliveryStatus.DeadLettered), (await FindAsync(Event("evt_1").Id)).Status);
    }

    [Fact]
    public async Task Attempt_numbers_go_up_by_one()
    {
        var id = await BookOneAsync();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var claim = await ClaimAsync(id, attempt);
            Assert.Equal((attempt, 0), (claim.Attempt, claim.CountedFrom));
            await Store.RecordAsync(Retrying(claim, Now, Now), Cancellation);
        }

        Assert.Equal([1, 2, 3, 4, 5], (await FindAsync(id)).Attempts.Select(attempt => attempt.Number));
    }
}
