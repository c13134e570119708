using System.Globalization;
using Sluice.Delivery;
using Sluice.Events;

namespace Sluice.Processing;

/// <summary>One bounded call of a handler. Whatever the handler does, the answer is an outcome.</summary>
internal static class HandlerCall
{
    /// <summary>How long a handler may take to notice that its time is over before nobody waits for it any more.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(5);

    public static ValueTask<Outcome> RunAsync(IHandler handler, WebhookEvent webhook, DeliveryContext context, TimeProvider time, CancellationToken stopping) =>
        RunAsync(static (call, limit) => call.handler.HandleAsync(call.webhook, call.context, limit), (handler, webhook, context), context.Destination.Timeout, time, stopping);

    /// <summary>The same for several events at once.</summary>
    public static ValueTask<Outcome> RunAsync(IBatchHandler handler, DeliveryBatch batch, TimeProvider time, CancellationToken stopping) =>
        RunAsync(static (call, limit) => call.handler.HandleAsync(call.batch, limit), (handler, batch), batch.Destination.Timeout, time, stopping);

    private static async ValueTask<Outcome> RunAsync<T>(Func<T, CancellationToken, ValueTask<Outcome>> handle, T state, TimeSpan timeout, TimeProvider time, CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource();
        using var timer = time.CreateTimer(Cancel, limit, timeout, Timeout.InfiniteTimeSpan);
        using var stop = stopping.UnsafeRegister(Cancel, limit);
        Outcome outcome;
        try
        {
            var call = handle(state, limit.Token);
            outcome = (call.IsCompletedSuccessfully ? call.Result : await call.AsTask().WaitAsync(timeout + Notice, time, stopping)) ?? Outcome.Retry("the handler returned no outcome (null)");
        }
        catch (TimeoutException) when (limit.IsCancellationRequested)
        {
            return Outcome.Unknown(string.Create(CultureInfo.InvariantCulture, $"the handler did not stop within {Notice.TotalSeconds} s after its timeout of {timeout.TotalSeconds:0.###} s"));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            outcome = Outcome.Retry(string.Create(CultureInfo.InvariantCulture, $"no outcome within {timeout.TotalSeconds:0.###} s"));
        }
#pragma warning disable CA1031 // A user's handler may throw anything; by contract that is a Retry.
        catch (Exception e)
#pragma warning restore CA1031
        {
            outcome = Outcome.Retry(SafeText.OneLine($"{e.GetType().Name}: {e.Message}"));
        }

        // A handler that was interrupted cannot know how far it got.
        return outcome.Kind == AttemptOutcome.Retry && stopping.IsCancellationRequested
            ? Outcome.Unknown("the host stopped during the attempt")
            : outcome with { Reason = outcome.Reason is null ? null : SafeText.OneLine(outcome.Reason) };
    }

    // What a handler has registered with its token is the user's: if it throws, neither a timer's thread nor a stop ends over it.
    internal static void Cancel(object? limit)
    {
        try
        {
            ((CancellationTokenSource)limit!).Cancel();
        }
        catch (Exception e) when (e is AggregateException or ObjectDisposedException)
        {
            // The attempt ends by its outcome, or by the time that it may take to notice.
        }
    }
}
