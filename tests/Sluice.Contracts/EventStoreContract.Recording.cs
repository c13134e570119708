using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Contracts;

public abstract partial class EventStoreContract
{
    [Fact]
    public async Task A_delivered_attempt_ends_the_delivery()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        Time.Advance(TimeSpan.FromMilliseconds(37));
        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));

        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Delivered, null, null), (delivery.Status, delivery.Reason, delivery.NextAttemptAt));
        Assert.Equal(Attempt(1, AttemptOutcome.Done, Now, statusCode: 200), Assert.Single(delivery.Attempts));
        Assert.Equal(TimeSpan.Zero, delivery.Attempts[0].StartedAt.Offset);
    }

    [Fact]
    public async Task A_failed_attempt_waits_for_its_next()
    {
        var id = await BookOneAsync();
        var next = Now.AddMinutes(5).AddMilliseconds(7);
        Assert.True(await Store.RecordAsync(Retrying(await ClaimAsync(id, 1), Now, next, next.AddMinutes(2)), Cancellation));

        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Retrying, "500 Internal Server Error", next), (delivery.Status, delivery.Reason, delivery.NextAttemptAt!.Value));
        Assert.Equal((500, "500 Internal Server Error"), (delivery.Attempts[0].StatusCode, delivery.Attempts[0].Error));
        Assert.Equal(new DueRow(new Bell(id, 2), next.AddMinutes(2)), Assert.Single((await DueAsync(Now.AddDays(1))).Rows));
    }

    [Fact]
    public async Task A_dead_letter_keeps_its_reason()
    {
        var id = await BookOneAsync();
        Assert.True(await Store.RecordAsync(Dead(await ClaimAsync(id, 1), Now, "it's \"gone\"; 消えた"), Cancellation));

        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.DeadLettered, "it's \"gone\"; 消えた", null), (delivery.Status, delivery.Reason, delivery.NextAttemptAt));
        Assert.Equal(AttemptOutcome.DeadLetter, Assert.Single(delivery.Attempts).Outcome);
    }

    [Fact]
    public async Task A_completion_without_the_token_is_refused_and_its_attempt_kept()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        var stranger = claim with { Lease = NewLease() };

        Assert.False(await Store.RecordAsync(Dead(stranger, Now), Cancellation));
        var delivery = await FindAsync(id);
        Assert.Equal((DeliveryStatus.Pending, null), (delivery.Status, delivery.Reason));
        Assert.Equal(1, Assert.Single(delivery.Attempts).Number);

        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal(DeliveryStatus.Delivered, (await FindAsync(id)).Status);
        Assert.Equal(AttemptOutcome.Done, Assert.Single((await FindAsync(id)).Attempts).Outcome);
    }

    [Fact]
    public async Task A_completion_is_taken_after_its_lease_while_nobody_has_moved_on()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime * 3);

        Assert.True(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal(DeliveryStatus.Delivered, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task A_late_completion_is_refused_and_what_is_now_known_replaces_the_unknown()
    {
        var id = await BookOneAsync();
        var late = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        await Store.RecordAsync(Retrying(lapsed, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation);
        var current = await ClaimAsync(id, 2);

        Assert.False(await Store.RecordAsync(Delivered(late, Now), Cancellation));
        var delivery = await FindAsync(id);
        Assert.Equal(DeliveryStatus.Retrying, delivery.Status);
        Assert.Equal([(1, AttemptOutcome.Done)], delivery.Attempts.Select(attempt => (attempt.Number, attempt.Outcome)));

        Assert.True(await Store.RecordAsync(Dead(current, Now), Cancellation));
        Assert.Equal([(1, AttemptOutcome.Done), (2, AttemptOutcome.DeadLetter)], (await FindAsync(id)).Attempts.Select(attempt => (attempt.Number, attempt.Outcome)));
    }

    [Fact]
    public async Task What_is_known_of_an_attempt_is_not_made_unknown_again()
    {
        var id = await BookOneAsync();
        await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        await Store.RecordAsync(Retrying(lapsed, Now, Now), Cancellation);

        Assert.False(await Store.RecordAsync(Retrying(lapsed, Now, Now, outcome: AttemptOutcome.Unknown), Cancellation));
        Assert.Equal(AttemptOutcome.Retry, Assert.Single((await FindAsync(id)).Attempts).Outcome);
    }

    [Fact]
    public async Task A_late_completion_does_not_change_an_ended_delivery()
    {
        var id = await BookOneAsync();
        var late = await ClaimAsync(id, 1);
        Time.Advance(LeaseTime);
        var lapsed = (await Store.ClaimAsync(new Bell(id, 1), NewLease(), Now, Cancellation)).Claim!;
        await Store.RecordAsync(Dead(lapsed, Now, "too many"), Cancellation);

        Assert.False(await Store.RecordAsync(Retrying(late, Now, Now), Cancellation));
        Assert.Equal((DeliveryStatus.DeadLettered, "too many"), ((await FindAsync(id)).Status, (await FindAsync(id)).Reason));
        Assert.Empty((await DueAsync(Now.AddDays(1))).Rows);
    }

    [Fact]
    public async Task A_completion_from_before_a_replay_is_refused()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        await Store.RecordAsync(Dead(claim, Now), Cancellation);
        await Store.ReplayAsync(id, Now, onlyDead: true, Cancellation);

        Assert.False(await Store.RecordAsync(Delivered(claim, Now), Cancellation));
        Assert.Equal(DeliveryStatus.Pending, (await FindAsync(id)).Status);
        await DeliverAsync(id, attempt: 2);
    }

    [Fact]
    public async Task Of_32_completions_of_one_claim_at_once_one_is_taken()
    {
        var id = await BookOneAsync();
        var claim = await ClaimAsync(id, 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () => await Store.RecordAsync(Delivered(claim, Start), Cancellation), Cancellation)));

        Assert.Single(answers, taken => taken);
        Assert.Single((await FindAsync(id)).Attempts);
        Assert.True((await Store.CountAsync(Cancellation)) is { Delivered: 1, Deliveries: 1 });
    }
}
