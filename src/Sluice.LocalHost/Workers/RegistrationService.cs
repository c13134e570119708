using Microsoft.Extensions.Hosting;
using Sluice.Destinations;
using Sluice.Storage;

namespace Sluice.LocalHost.Workers;

/// <summary>Has the destinations that were registered before in force when the first webhook comes.</summary>
internal sealed class RegistrationService(SharedDestinations shared) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await shared.EnsureAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Its log says so; whoever needs them asks again, and keeps nothing before they are known.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
