using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;
using Sluice.Inspection;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>An event that its handler never gets through (F15) is tried a bounded number of times and ends as a dead letter; others go on.</summary>
public sealed class PoisonTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    [Fault("F15")]
    [Fact]
    public async Task One_that_always_throws_is_dead_after_the_last_attempt()
    {
        await using var sluice = await StartAsync((_, _) => throw new InvalidOperationException("poison"));
        var poison = await PoisonAsync(sluice);

        Assert.Equal("InvalidOperationException: poison (attempt 3 of 3)", (await sluice.DieAsync(poison)).Reason);
    }

    [Fault("F15")]
    [Fact]
    public async Task One_that_never_ends_is_unknown_each_time_and_dead_after_the_last()
    {
        var never = new TaskCompletionSource<Outcome>();
        await using var sluice = await StartAsync((_, _) => new(never.Task));
        var poison = await PoisonAsync(sluice);

        var dead = await WaitForDeathAsync(sluice, poison);
        Assert.Equal("the handler did not stop within 5 s after its timeout of 10 s (attempt 3 of 3)", dead.Reason);
        Assert.All(dead.Attempts, attempt => Assert.Equal(AttemptOutcome.Unknown, attempt.Outcome));
        never.SetResult(Outcome.Done);
    }

    [Fault("F15")]
    [Fact]
    public async Task One_that_holds_its_thread_for_ever_is_unknown_when_its_lease_ends_and_dead_after_the_last()
    {
        using var gate = new ManualResetEventSlim();
        await using var sluice = await StartAsync((_, _) =>
        {
            gate.Wait(CancellationToken.None);
            return new(Outcome.Done);
        });
        try
        {
            var poison = await PoisonAsync(sluice);
            var dead = await WaitForDeathAsync(sluice, poison);
            Assert.EndsWith("(attempt 3 of 3)", dead.Reason, StringComparison.Ordinal);
            Assert.All(dead.Attempts, attempt => Assert.Equal(AttemptOutcome.Unknown, attempt.Outcome));
        }
        finally
        {
            gate.Set();
        }
    }

    // An event for each: the poison first, so that the other has to get past it.
    private static async Task<EventId> PoisonAsync(RunningSluice sluice)
    {
        var poison = await sluice.AcceptAsync(sluice.Stripe("evt_1", "poison"));
        await sluice.UntilAsync(await sluice.AcceptAsync(sluice.Stripe("evt_2", "plain")), DeliveryStatus.Delivered, 1);
        return poison;
    }

    private static async Task<DeliveryRecord> WaitForDeathAsync(RunningSluice sluice, EventId poison)
    {
        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(10); passed += TimeSpan.FromSeconds(1))
        {
            if (await sluice.DeliveryAsync(poison) is { Status: DeliveryStatus.DeadLettered } dead) return dead;
            sluice.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException($"not dead: {sluice.Log.Text}");
    }

    private static Task<RunningSluice> StartAsync(Func<DeliveryContext, CancellationToken, ValueTask<Outcome>> handle) => RunningSluice.StartAsync(
        SluiceFile.Stripe.Destination("billing", "own", new() { ["Timeout"] = Timeout.ToString() }),
        new OwnHandler("own", (webhook, context, cancellationToken) => webhook.Type == "poison" ? handle(context, cancellationToken) : new(Outcome.Done)));
}
