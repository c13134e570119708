using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sluice.Inspection;

/// <summary>The one <see cref="ActivitySource"/> and the one <see cref="Meter"/>, both named <c>Sluice</c>. Values carry source and destination, never content.</summary>
public static class Telemetry
{
    public const string Name = "Sluice";

    private static readonly Meter Meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    public static Counter<long> Accepted { get; } = Meter.CreateCounter<long>("sluice.events.accepted", "{event}", "Events kept for the first time.");

    public static Counter<long> Duplicates { get; } = Meter.CreateCounter<long>("sluice.events.duplicate", "{event}", "Webhooks answered as duplicate.");

    public static Counter<long> Rejected { get; } = Meter.CreateCounter<long>("sluice.requests.rejected", "{request}", "Requests refused, by source and reason.");

    /// <summary>By source and the position of the secret in its <c>Secrets</c>: whether an old one is still in use.</summary>
    public static Counter<long> Verified { get; } = Meter.CreateCounter<long>("sluice.requests.verified", "{request}", "Requests whose signature held, by source and secret.");

    public static Counter<long> Unavailable { get; } = Meter.CreateCounter<long>("sluice.requests.unavailable", "{request}", "Requests answered 503.");

    public static Histogram<double> Answer { get; } = Meter.CreateHistogram<double>("sluice.answer.duration", "s", "From the first byte read to the answer.");

    /// <summary>By destination and status: Delivered, Retrying, DeadLettered.</summary>
    public static Counter<long> Attempts { get; } = Meter.CreateCounter<long>("sluice.attempts", "{attempt}", "Attempts, by destination and what became of the delivery.");

    public static Histogram<double> Attempt { get; } = Meter.CreateHistogram<double>("sluice.attempt.duration", "s", "How long attempts took.");

    /// <summary>By destination: 1 while this process knows it to be failing.</summary>
    public static UpDownCounter<long> Failing { get; } = Meter.CreateUpDownCounter<long>("sluice.destinations.failing", "{destination}", "Destinations that have been told to fail.");

    public static Counter<long> Disabled { get; } = Meter.CreateCounter<long>("sluice.destinations.disabled", "{destination}", "Destinations disabled because they failed for too long or were gone.");

    /// <summary>By the destination it is about, and type.</summary>
    public static Counter<long> Notices { get; } = Meter.CreateCounter<long>("sluice.notices", "{notice}", "Notices to operators.");

    public static Counter<long> Replayed { get; } = Meter.CreateCounter<long>("sluice.deliveries.replayed", "{delivery}", "Deliveries opened again.");
}
