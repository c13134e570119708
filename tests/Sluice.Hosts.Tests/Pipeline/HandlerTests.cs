using Sluice.Contracts;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Hosts.Tests.Fixtures;

namespace Sluice.Hosts.Tests.Pipeline;

/// <summary>Whatever a user's handler does, its delivery goes on or ends, and the host lives.</summary>
public sealed class HandlerTests
{
    [Fact]
    public async Task A_handler_gets_the_exact_bytes_and_one_key_over_all_attempts()
    {
        var seen = new List<(byte[] Body, int Attempt, string Key)>();
        await using var sluice = await StartAsync((webhook, context, _) =>
        {
            seen.Add((webhook.Body.ToArray(), context.Attempt, context.IdempotencyKey));
            return new(seen.Count == 1 ? Outcome.Retry("not yet") : Outcome.Done);
        });
        var webhook = sluice.Stripe();
        var id = await sluice.AcceptAsync(webhook);
        await sluice.ToNextAttemptAsync(id, 1);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);

        Assert.Equal([1, 2], seen.Select(call => call.Attempt));
        Assert.All(seen, call => Assert.Equal(webhook.Body.ToArray(), call.Body));
        Assert.All(seen, call => Assert.Equal($"{id}/billing", call.Key));
    }

    [Fact]
    public async Task An_exception_is_a_retry_with_its_message()
    {
        await using var sluice = await StartAsync((_, context, _) => context.Attempt == 1 ? throw new InvalidOperationException("no such\u001b account\n") : new(Outcome.Done));
        var id = await sluice.AcceptAsync();

        Assert.Equal("InvalidOperationException: no such? account?", (await sluice.ToNextAttemptAsync(id, 1)).Reason);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task A_handler_that_returns_nothing_is_retried_with_a_reason_that_says_so()
    {
        await using var sluice = await StartAsync((_, context, _) => new(context.Attempt == 1 ? null! : Outcome.Done));
        var id = await sluice.AcceptAsync();

        Assert.Equal("the handler returned no outcome (null)", (await sluice.ToNextAttemptAsync(id, 1)).Reason);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task An_exception_after_the_first_wait_is_a_retry_too()
    {
        await using var sluice = await StartAsync(async (_, context, _) =>
        {
            await Task.Yield();
            return context.Attempt == 1 ? throw new TimeoutException("the database") : Outcome.Done;
        });
        var id = await sluice.AcceptAsync();

        Assert.Equal("TimeoutException: the database", (await sluice.ToNextAttemptAsync(id, 1)).Reason);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task A_dead_letter_by_the_handler_is_dead_at_once_with_its_reason()
    {
        await using var sluice = await StartAsync((_, _, _) => new(Outcome.DeadLetter("the customer is gone")));

        Assert.Equal("the customer is gone", (await sluice.UntilAsync(await sluice.AcceptAsync(), DeliveryStatus.DeadLettered, 1)).Reason);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_timeout_is_left_five_seconds_later_as_unknown()
    {
        var never = new TaskCompletionSource<Outcome>();
        var calls = 0;
        await using var sluice = await StartAsync((_, _, _) => Interlocked.Increment(ref calls) == 1 ? new(never.Task) : new(Outcome.Done));
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(() => calls == 1);
        await sluice.PassAsync(TimeSpan.FromSeconds(35));

        // Nobody knows what the first did; the second is tried at once.
        var delivery = await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
        Assert.Equal((AttemptOutcome.Unknown, "the handler did not stop within 5 s after its timeout of 30 s"), (delivery.Attempts[0].Outcome, delivery.Attempts[0].Error));
        never.SetResult(Outcome.Done);
    }

    [Fact]
    public async Task What_a_handler_throws_from_its_token_at_the_timeout_ends_nothing()
    {
        var calls = 0;
        await using var sluice = await StartAsync(async (_, context, cancellationToken) =>
        {
            if (context.Attempt > 1) return Outcome.Done;
            var over = new TaskCompletionSource();
            await using var first = cancellationToken.Register(() => over.SetResult());
            await using var second = cancellationToken.Register(() => throw new InvalidOperationException("the callback"));
            Interlocked.Increment(ref calls);
            await over.Task.InTimeAsync("the attempt is cancelled");
            return Outcome.Retry("out of time");
        });
        var id = await sluice.AcceptAsync();
        await sluice.UntilAsync(() => Volatile.Read(ref calls) == 1);
        await sluice.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("out of time", (await sluice.ToNextAttemptAsync(id, 1)).Reason);
        await sluice.UntilAsync(id, DeliveryStatus.Delivered, 2);
    }

    [Fact]
    public async Task While_handlers_block_their_threads_webhooks_are_accepted()
    {
        using var gate = new ManualResetEventSlim();
        var calls = 0;
        await using var sluice = await StartAsync((_, _, cancellation) =>
        {
            Interlocked.Increment(ref calls);
            gate.Wait(cancellation);
            return new(Outcome.Done);
        });
        for (var i = 0; i < 4; i++) await sluice.AcceptAsync($"evt_{i}");
        await sluice.UntilAsync(() => calls == 4);
        await sluice.AcceptAsync("evt_4");
        gate.Set();

        await sluice.UntilAsync(async () => (await sluice.StatsAsync()).Delivered == 5);
    }

    private static Task<RunningSluice> StartAsync(Func<WebhookEvent, DeliveryContext, CancellationToken, ValueTask<Outcome>> handle) =>
        RunningSluice.StartAsync(SluiceFile.Stripe.Destination("billing", "own"), new OwnHandler("own", handle));
}
