using Azure;
using Azure.Data.Tables;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>The secrets that senders brought: one row of the index for each source, which is inserted once and never changed.</summary>
public sealed class TableLearnedSecrets(BookTables tables) : ILearnedSecrets
{
    private const string Secret = "Secret";

    public async ValueTask<string> LearnAsync(string source, string secret, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        try
        {
            await tables.Index.AddEntityAsync(new TableEntity(Keys.Learned, source) { [Secret] = secret }, token);
            return secret;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Another was first, or an answer got lost and it is our own.
            return (await tables.Index.GetEntityAsync<TableEntity>(Keys.Learned, source, cancellationToken: token)).Value.GetString(Secret);
        }
    }, cancellationToken);

    public async ValueTask<string?> FindAsync(string source, CancellationToken cancellationToken) => await tables.WithinAsync(async token =>
    {
        var found = await tables.Index.GetEntityIfExistsAsync<TableEntity>(Keys.Learned, source, cancellationToken: token);
        return found.HasValue ? found.Value!.GetString(Secret) : null;
    }, cancellationToken);
}
