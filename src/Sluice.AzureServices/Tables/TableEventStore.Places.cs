using Azure;
using Azure.Data.Tables;

namespace Sluice.AzureServices.Tables;

// The places of a line, each written before its event: whose is the first that is there.
public sealed partial class TableEventStore
{
    /// <summary>How long a place without its event is waited for.</summary>
    private static readonly TimeSpan Awaited = TimeSpan.FromMinutes(1);

    /// <summary>How long a place without its event stays, in case it comes after all.</summary>
    private static readonly TimeSpan Given = TimeSpan.FromHours(1);

    /// <summary>How many places are read at once: the first is mostly the one.</summary>
    private const int PlacesAtOnce = 16;

    private async Task AddPlaceAsync(DeliveryRow row, CancellationToken cancellationToken)
    {
        try
        {
            await Index.AddEntityAsync(new TableEntity(PartitionOf(row.Id, row.Line!), row.Line!.Row) { ["At"] = time.GetUtcNow() }, cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            // Only this write uses this key: an answer got lost.
        }
    }

    /// <summary>The first place whose delivery stands in line, and until when a place before it waits for its event.</summary>
    private async Task<(DeliveryRow? First, DateTimeOffset? Until)> FirstPlaceAsync(string partition, string destination, string? except, CancellationToken cancellationToken)
    {
        DateTimeOffset? until = null;
        await foreach (var some in PlacesAsync(partition, cancellationToken))
        {
            foreach (var place in some.Where(place => place.RowKey != except))
            {
                var age = time.GetUtcNow() - place.GetDateTimeOffset("At")!.Value;
                var delivery = await DeliveryAsync(new(Keys.ReadPlace(place.RowKey), destination), cancellationToken);
                if (delivery?.Line?.Row == place.RowKey)
                {
                    if (delivery.IsInLine) return (delivery, until);
                    await ForgetPlaceAsync(partition, place.RowKey, cancellationToken);
                }
                else if (delivery is null && age < Awaited) until ??= place.GetDateTimeOffset("At") + Awaited;
                // Of a duplicate, or of a booking that never came to its event.
                else if (age > (delivery is null ? Given : Awaited)) await ForgetPlaceAsync(partition, place.RowKey, cancellationToken);
            }
        }

        return (null, until);
    }

    // The clocks of those who keep events differ a little; the service's own, which stamps the rows of a partition one after another, does not.
    private async IAsyncEnumerable<IEnumerable<TableEntity>> PlacesAsync(string partition, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var some = new List<TableEntity>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {Keys.Places + "-"} and RowKey lt {Keys.Places + "."}");
        await foreach (var row in Index.QueryAsync<TableEntity>(filter, PlacesAtOnce, cancellationToken: cancellationToken))
        {
            some.Add(row);
            if (some.Count < PlacesAtOnce) continue;
            yield return InOrder(some);
            some = [];
        }

        yield return InOrder(some);

        static IEnumerable<TableEntity> InOrder(List<TableEntity> rows) => rows.OrderBy(row => row.Timestamp).ThenBy(row => row.RowKey, StringComparer.Ordinal);
    }

    // Null where nobody stands there: the delivery has ended, or its event is gone.
    private async Task<DeliveryRow?> StandingAtAsync(string place, string destination, CancellationToken cancellationToken) =>
        await DeliveryAsync(new(Keys.ReadPlace(place), destination), cancellationToken) is { IsInLine: true } row && row.Line!.Row == place ? row : null;

    private async Task ForgetPlaceAsync(string partition, string place, CancellationToken cancellationToken)
    {
        try
        {
            await Index.DeleteEntityAsync(partition, place, ETag.All, cancellationToken);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            // It points to nothing now and goes when it is met.
        }
    }
}
