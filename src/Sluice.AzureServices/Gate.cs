using System.Globalization;
using Polly;
using Polly.CircuitBreaker;

namespace Sluice.AzureServices;

/// <summary>
/// The way to a service: every piece of work has a time limit, failures get a name, and while most fail nobody waits for the next.
/// </summary>
/// <param name="explain">What to say of an exception; null for one that is a fault of ours and goes on as it is.</param>
internal sealed class Gate(string service, TimeSpan budget, TimeProvider time, Func<Exception, string?> explain, Func<string, Exception?, Exception> unavailable)
{
    private readonly ResiliencePipeline breaker = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome.Exception is Failure),
            FailureRatio = 0.5,
            MinimumThroughput = 6,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(3),
        })
        .Build();

    public async ValueTask<T> PassAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(budget, time);
        using var cancelling = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, limit.Token);
        try
        {
            var outcome = await breaker.ExecuteOutcomeAsync(
                static (context, state) => state.Gate.CallAsync(state.Work, state.Caller, context.CancellationToken), context, (Gate: this, Work: work, Caller: cancellationToken));
            if (outcome.Exception is BrokenCircuitException broken) throw unavailable($"{service} failed too often in the last seconds; it is tried again in a moment", broken);
            if (outcome.Exception is Failure failure) throw unavailable($"{service} {failure.Message}", failure.InnerException);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<T>> CallAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken caller, CancellationToken limited)
    {
        try
        {
            // A call that does not listen to its token is left behind.
            return Outcome.FromResult(await work(limited).WaitAsync(limited));
        }
        catch (OperationCanceledException e) when (!caller.IsCancellationRequested)
        {
            return Outcome.FromException<T>(new Failure(string.Create(CultureInfo.InvariantCulture, $"did not answer within {budget.TotalSeconds:0.#} s"), e));
        }
#pragma warning disable CA1031 // Nothing is swallowed: what is no failure of the service is thrown as it is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Outcome.FromException<T>(explain(e) is { } reason ? new Failure(reason, e) : e);
        }
    }

#pragma warning disable CA1064 // Never leaves this class.
    private sealed class Failure(string message, Exception cause) : Exception(message, cause);
#pragma warning restore CA1064
}
