using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;
using Polly;
using Polly.CircuitBreaker;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// The two tables of the book and the one way to them: every piece of work has a time limit, a table that is missing is made, failures
/// become <see cref="StoreUnavailableException"/>, and while most fail nobody waits for the next.
/// </summary>
/// <param name="budget">How long one call of the store may take in all.</param>
public sealed class BookTables(TableServiceClient service, string prefix, TimeSpan budget, TimeProvider time)
{
    /// <summary>What the names of the tables begin with where the setting <c>TablePrefix</c> says nothing.</summary>
    public const string DefaultPrefix = "Sluice";

    private readonly ResiliencePipeline breaker = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<StoreUnavailableException>(),
            FailureRatio = 0.5,
            MinimumThroughput = 6,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(3),
        })
        .Build();

    /// <summary>Events with their bodies, deliveries and attempts, one partition for each event.</summary>
    internal TableClient Book { get; } = service.GetTableClient(prefix + "Book");

    /// <summary>What finds them: due rows, the list, the dead, the sums.</summary>
    internal TableClient Index { get; } = service.GetTableClient(prefix + "Index");

    internal async ValueTask<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, linked.Token);
        try
        {
            return await breaker.ExecuteAsync(static async (context, state) => await state.Tables.CallAsync(state.Work, state.Caller, context.CancellationToken), context, (Tables: this, Work: work, Caller: cancellationToken));
        }
        catch (BrokenCircuitException)
        {
            throw new StoreUnavailableException("Table Storage failed too often in the last seconds; it is tried again in a moment");
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Makes the tables; those that are there stay.</summary>
    internal async Task CreateAsync(CancellationToken cancellationToken)
    {
        await Book.CreateIfNotExistsAsync(cancellationToken);
        await Index.CreateIfNotExistsAsync(cancellationToken);
    }

    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken caller, CancellationToken limited)
    {
        try
        {
            try
            {
                return await work(limited).WaitAsync(limited);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
            {
                await CreateAsync(limited).WaitAsync(limited);
                return await work(limited).WaitAsync(limited);
            }
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw new StoreUnavailableException(string.Create(CultureInfo.InvariantCulture, $"Table Storage did not answer within {budget.TotalSeconds:0.#} s"));
        }
        catch (RequestFailedException e)
        {
            throw new StoreUnavailableException($"Table Storage answered {e.Status} {e.ErrorCode}".TrimEnd(), e);
        }
        catch (AggregateException e) when (e.InnerException is RequestFailedException inner)
        {
            // What the SDK throws when all its own tries have failed.
            throw new StoreUnavailableException($"Table Storage could not be reached: {inner.Status} {inner.ErrorCode}".TrimEnd(), e);
        }
        catch (AuthenticationFailedException e)
        {
            throw new StoreUnavailableException("Table Storage: this app's identity got no token; check Tables__clientId and the app's identity", e);
        }
    }
}
