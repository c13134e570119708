using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>What workers get: claims in one write where a destination may simply go on, or bells where each attempt has to be asked for.</summary>
internal sealed partial class DeliveryService
{
    private async Task<Taken> TakeAsync(string name, int workers, int known)
    {
        try
        {
            var destination = configuration.Current.TryGetDestination(name, out var found) ? found : null;
            return destination is { IsBatching: false } && pacing.MayGo(destination) ? await ClaimAsync(destination, workers) : Look(name, destination, workers + known);
        }
        catch (StoreUnavailableException e)
        {
            Log.CannotTake(logger, name, e.Message);
        }
#pragma warning disable CA1031 // The edge of the host: a fault of ours must not cost workers.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.TakingFault(logger, e, name);
        }

        // Its workers wait too: there is nothing else for them to do.
        await Task.Delay(Pause, time, lifetime.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new([], IsMore: true, null);
    }

    private async Task<Taken> ClaimAsync(Destination destination, int workers)
    {
        var now = time.GetUtcNow();
        var leases = new Lease[workers];
        for (var i = 0; i < workers; i++) leases[i] = Leases.For(destination.Settings, now, random);
        var (claims, isMore, next) = await store.TakeAsync(destination.Name, leases, now);
        return new([.. claims.Select(claim => new Bell(claim.Delivery, claim.Attempt) { Claim = claim })], isMore, next);
    }

    private Taken Look(string name, Destination? destination, int most)
    {
        var due = store.Due(name, time.GetUtcNow(), most);
        if (due.Rows.Count > 0) return new([.. due.Rows.Select(row => row.Bell)], due.Rows.Count == most, due.Next);
        // What gathers is parked: the first of it brings the worker that looks whether a batch is ready.
        return new(destination is { IsBatching: true } ? [.. store.Parked(name, 1).Select(row => row.Bell)] : [], IsMore: false, due.Next);
    }
}
