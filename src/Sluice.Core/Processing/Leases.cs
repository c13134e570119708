using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>How long a claim holds: the destination's timeout and 30 seconds to stop and to write down.</summary>
internal static class Leases
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    public static Lease For(DestinationSettings? destination, DateTimeOffset now, Random random) => new(random.NextInt64(), now + Length(destination));

    public static TimeSpan Length(DestinationSettings? destination) => (destination?.Timeout ?? DestinationSettings.DefaultTimeout) + Margin;
}
