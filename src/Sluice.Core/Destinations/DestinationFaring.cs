using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>How destinations fare, as all instances have written it down. Nothing is told of what is well.</summary>
public sealed class DestinationFaring(ISharedState state, TimeProvider time)
{
    /// <summary>By name, those against which something is known. Nothing is while the store is away: the list itself has its last good copy.</summary>
    public async ValueTask<IReadOnlyDictionary<string, FaringView>> AllAsync(IEnumerable<Destination> destinations, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, FaringView>(StringComparer.Ordinal);
        Dictionary<string, SharedDocument> health, breakers;
        try
        {
            health = (await state.ListAsync(HealthDocument.Kind, cancellationToken)).ToDictionary(document => document.Name, StringComparer.Ordinal);
            breakers = (await state.ListAsync(Breaker.Kind, cancellationToken)).ToDictionary(document => document.Name, StringComparer.Ordinal);
        }
        catch (StoreUnavailableException)
        {
            return found;
        }

        foreach (var destination in destinations)
        {
            if (Of(destination, health.GetValueOrDefault(destination.Name), breakers.GetValueOrDefault(destination.Name)) is { } faring) found[destination.Name] = faring;
        }

        return found;
    }

    public async ValueTask<FaringView?> OfAsync(Destination destination, CancellationToken cancellationToken) =>
        Of(destination, await state.FindAsync(HealthDocument.Kind, destination.Name, cancellationToken), await state.FindAsync(Breaker.Kind, destination.Name, cancellationToken));

    private FaringView? Of(Destination destination, SharedDocument? health, SharedDocument? breaker)
    {
        var known = HealthDocument.Read(health);
        var stands = PacingJson.Read(breaker?.Json, PacingJson.Default.Breaker).At(time.GetUtcNow(), destination.Settings.Breaker);
        return known.Since is null && stands == BreakerState.Closed ? null : new(stands == BreakerState.Closed ? null : stands.ToString(), known.Since, known.Failures, known.LastError);
    }
}
