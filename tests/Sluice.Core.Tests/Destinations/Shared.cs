using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Storage;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What the core needs to know destinations that are registered while running.</summary>
internal static class Shared
{
    // No request is made with it: only its rules are asked.
    public static RegistrationReader Reader { get; } = new(new HttpHandler(new HttpClients(), TimeProvider.System));

    public static SharedDestinations Over(LiveConfiguration live, TimeProvider time, ISharedState? state = null) =>
        new(state ?? new ProcessState(), live, Reader, time, NullLogger<SharedDestinations>.Instance);
}
