using Sluice.Delivery;
using Sluice.Storage;

namespace Sluice.Processing;

// The claims of a batch.
public sealed partial class Batches
{
    /// <summary>How many claims are on their way to a store across a network at once.</summary>
    private const int AtOnce = 16;

    // What somebody else has claimed meanwhile is left out, and so is what the store does not answer for: its lease brings it back.
    private async ValueTask<IReadOnlyList<Claim>> ClaimAsync(IReadOnlyList<DueRow> parked, int count, Destination destination, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var claims = new List<Claim>(count);
        StoreUnavailableException? fault = null;
        foreach (var rows in parked.Take(count).Chunk(AtOnce))
        {
            foreach (var (claim, failure) in await Task.WhenAll(rows.Select(row => ClaimAsync(row.Bell, destination, now, cancellationToken))))
            {
                if (claim is not null) claims.Add(claim);
                fault = failure ?? fault;
            }

            // What is claimed is sent; a store that is away need not be asked for the rest.
            if (fault is not null) break;
        }

        return claims.Count > 0 || fault is null ? claims : throw fault;
    }

    private async Task<(Claim? Claim, StoreUnavailableException? Fault)> ClaimAsync(Bell bell, Destination destination, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await store.ClaimAsync(bell, Leases.For(destination.Settings, now, random), now, cancellationToken);
            return (answer.Result == ClaimResult.Claimed ? answer.Claim : null, null);
        }
        catch (StoreUnavailableException e)
        {
            return (null, e);
        }
    }
}
