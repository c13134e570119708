using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>
/// The three tables of the book and the one way to them: every piece of work has a time limit, a table that is missing is made, failures
/// become <see cref="StoreUnavailableException"/>, and while most fail nobody waits for the next.
/// </summary>
/// <param name="budget">How long one call of the store may take in all.</param>
public sealed class BookTables(TableServiceClient service, string prefix, TimeSpan budget, TimeProvider time)
{
    /// <summary>What the names of the tables begin with where the setting <c>TablePrefix</c> says nothing.</summary>
    public const string DefaultPrefix = "Sluice";

    private readonly Gate gate = new("Table Storage", budget, time, Explain, static (message, cause) => new StoreUnavailableException(message, cause));

    /// <summary>Events with their bodies, deliveries and attempts, one partition for each event.</summary>
    internal TableClient Book { get; } = service.GetTableClient(prefix + "Book");

    /// <summary>What finds them: due rows, the list, the dead, the sums.</summary>
    internal TableClient Index { get; } = service.GetTableClient(prefix + "Index");

    /// <summary>Refused requests, one partition for each source.</summary>
    internal TableClient Quarantine { get; } = service.GetTableClient(prefix + "Quarantine");

    internal ValueTask<T> WithinAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) => gate.PassAsync(async token =>
    {
        try
        {
            return await work(token);
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableNotFound)
        {
            await CreateAsync(token);
            return await work(token);
        }
    }, cancellationToken);

    /// <summary>Makes the tables; those that are there stay.</summary>
    internal async Task CreateAsync(CancellationToken cancellationToken)
    {
        await Book.CreateIfNotExistsAsync(cancellationToken);
        await Index.CreateIfNotExistsAsync(cancellationToken);
        await Quarantine.CreateIfNotExistsAsync(cancellationToken);
    }

    private static string? Explain(Exception fault) => fault switch
    {
        RequestFailedException { Status: 0 } => "could not be reached",
        RequestFailedException { Status: 401 or 403 } e => $"refused this app ({e.Status} {e.ErrorCode}); its identity needs the role Storage Table Data Contributor on the account in Tables__serviceUri",
        RequestFailedException e => $"answered {e.Status} {e.ErrorCode}".TrimEnd(),
        // What the SDK throws when all its own tries have failed.
        AggregateException { InnerException: RequestFailedException } => "could not be reached",
        AuthenticationFailedException => "needs a token and this app's identity got none; check Tables__clientId and the identity of the app",
        _ => null,
    };
}
