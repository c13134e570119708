using Sluice.Ingestion;

namespace Sluice.Storage;

/// <summary>
/// How long events are kept, so that what a sender sends again is known again: at least as long as any configured sender may repeat an event,
/// counted from when it was received, and a day more. One length for all, since the book lets go in the order in which it kept.
/// </summary>
/// <param name="Length">The configured retention, or longer.</param>
/// <param name="Because">The source whose sender makes it longer; null where the configured retention is enough.</param>
public sealed record DedupeWindow(TimeSpan Length, Source? Because)
{
    /// <summary>Senders count from their own clock and from their last attempt, and are not always exact: one day.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>A sender that never repeats, or does not say for how long, adds nothing.</summary>
    public static DedupeWindow Of(TimeSpan retention, IEnumerable<Source> sources) => sources
        .Where(source => source.Provider.Facts.RetryHorizon > TimeSpan.Zero)
        .Select(source => new DedupeWindow(source.Provider.Facts.RetryHorizon!.Value + Margin, source))
        .Aggregate(new DedupeWindow(retention, null), (longest, next) => next.Length > longest.Length ? next : longest);
}
