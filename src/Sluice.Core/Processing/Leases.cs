using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>How long a claim holds: the destination's timeout and 30 seconds to stop and to write down.</summary>
public static class Leases
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    /// <summary>A new lease from now on. The random number fences it: whoever lost it can record nothing.</summary>
    public static Lease For(DestinationSettings? destination, DateTimeOffset now, Random random) => new(random.NextInt64(), now + Length(destination));

    /// <summary>How long an attempt at a destination may take, and the margin.</summary>
    public static TimeSpan Length(DestinationSettings? destination) => (destination?.Timeout ?? DestinationSettings.DefaultTimeout) + Margin;
}
