using Sluice.Events;

namespace Sluice.Inspection;

/// <summary>Which events; what is null does not matter.</summary>
public sealed record EventFilter
{
    public const int DefaultLimit = 50;
    public const int LargestLimit = 500;

    public string? Source { get; init; }

    /// <summary><c>*</c> stands for any characters.</summary>
    public string? Type { get; init; }

    /// <summary>The name of a status as events show it, without case.</summary>
    public string? Status { get; init; }

    /// <summary>A cursor from an earlier page.</summary>
    public string? Before { get; init; }

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>Which dead letters; what is null does not matter.</summary>
public sealed record DeadLetterFilter
{
    public string? Source { get; init; }

    public string? Destination { get; init; }

    /// <summary><c>*</c> stands for any characters.</summary>
    public string? Type { get; init; }

    public EventId? Event { get; init; }

    /// <summary>Only those dead before this moment; a job names its own start, so that what dies again while it runs is left alone.</summary>
    public DateTimeOffset? DeadBefore { get; init; }

    /// <summary>A cursor from an earlier page.</summary>
    public string? Before { get; init; }

    public int Limit { get; init; } = EventFilter.DefaultLimit;
}

/// <summary>A cursor that no page gave out. It is refused: a job that began anew at a wrong one would do what nobody asked for.</summary>
public sealed class CursorException() : Exception("before is no cursor; take it from the next of an earlier page");

/// <summary>A part of a list.</summary>
/// <param name="Next">Where to go on, or null at the end. There may be more although <paramref name="Items"/> is short or empty.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>The sums. <c>Deliveries</c> equals the sum of the statuses, always.</summary>
/// <param name="Events">Events kept now.</param>
/// <param name="Deliveries">Deliveries of the events kept now.</param>
public sealed record Stats(long Events, long Deliveries, long Pending, long Retrying, long Delivered, long DeadLettered, long Expired, long Skipped)
{
    /// <summary>Whether the book adds up.</summary>
    public bool IsConserved => Deliveries == Pending + Retrying + Delivered + DeadLettered + Expired + Skipped;
}
