using Sluice.Events;

namespace Sluice.Inspection;

/// <summary>A kept event as people look at it.</summary>
public sealed record EventRecord
{
    /// <summary>What an event is called that no destination matched.</summary>
    public const string KeptStatus = "Kept";

    /// <summary>Every status that an event can have.</summary>
    public static IReadOnlyList<string> Statuses { get; } = [KeptStatus, .. Enum.GetNames<DeliveryStatus>()];

    public required EventId Id { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required string IdempotencyKey { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required int BodyBytes { get; init; }

    public required HeaderList Headers { get; init; }

    public required IReadOnlyList<DeliveryRecord> Deliveries { get; init; }

    /// <summary>The status that most wants a look among its deliveries: dead, then retrying, then pending, then the ends; Kept without any.</summary>
    public string Status => Deliveries.Count == 0 ? KeptStatus : Deliveries.Select(delivery => delivery.Status).MinBy(Order).ToString();

    private static int Order(DeliveryStatus status) => status switch
    {
        DeliveryStatus.DeadLettered => 0,
        DeliveryStatus.Retrying => 1,
        DeliveryStatus.Pending => 2,
        DeliveryStatus.Expired => 3,
        DeliveryStatus.Skipped => 4,
        _ => 5,
    };
}

/// <summary>One event to one destination, as people look at it.</summary>
public sealed record DeliveryRecord
{
    public required string Destination { get; init; }

    public required DeliveryStatus Status { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Whether it had a place in a line and was replayed without it.</summary>
    public bool IsOutOfOrder { get; init; }

    public required IReadOnlyList<Attempt> Attempts { get; init; }
}

/// <summary>A delivery that is not tried again by itself.</summary>
public sealed record DeadLetter
{
    public required DeliveryId Id { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required string Reason { get; init; }

    public int? StatusCode { get; init; }

    public required int Attempts { get; init; }

    public required DateTimeOffset DeadAt { get; init; }
}
