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

    public static Counter<long> Replayed { get; } = Meter.CreateCounter<long>("sluice.deliveries.replayed", "{delivery}", "Deliveries opened again.");
}
