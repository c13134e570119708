using Sluice.Events;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>The whole section <c>Sluice</c>, read and resolved.</summary>
public sealed record SluiceSettings
{
    public required IReadOnlyList<SourceSettings> Sources { get; init; }

    public required IReadOnlyList<DestinationSettings> Destinations { get; init; }

    public RetryOptions Retry { get; init; } = new();

    /// <summary>How long events are kept after they were received; 30 days. Longer where a sender repeats its events for longer: <see cref="SluiceConfiguration.Window"/>.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Whether a sender's redelivery of an event whose delivery is dead replays it; on.</summary>
    public bool RedeliveryReplays { get; init; } = true;

    /// <summary>How many deliveries one process runs at once; 64. 0 keeps events and delivers none.</summary>
    public int Workers { get; init; } = 64;

    /// <summary>The bearer token of <c>/api/ops</c>; null lets the local host make one.</summary>
    public string? OpsToken { get; init; }
}

/// <summary>A fault of the configuration: which entry, and in one line what to do about it.</summary>
/// <param name="Source">The source that it makes unusable; null when it concerns the whole.</param>
public sealed record ConfigurationError(string Entry, string Message, string? Source = null)
{
    public override string ToString() => SafeText.OneLine($"{Entry} {Message}", 1000);
}
