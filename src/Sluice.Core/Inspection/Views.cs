using System.Text.Json.Serialization;
using Sluice.Events;

namespace Sluice.Inspection;

/// <summary>An event as <c>events</c> and <c>show</c> print it and as the ops endpoint answers it.</summary>
public sealed record EventView
{
    public required string Id { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The status that most wants a look among its deliveries; <c>Kept</c> without any.</summary>
    public required string Status { get; init; }

    public required IReadOnlyList<DeliveryView> Deliveries { get; init; }

    /// <summary>This and what follows only when one event is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdempotencyKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BodyBytes { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<HeaderView>? Headers { get; init; }

    public static EventView Of(EventRecord record, bool whole) => new()
    {
        Id = record.Id.ToString(),
        Source = record.Source,
        Type = record.Type,
        ReceivedAt = record.ReceivedAt,
        Status = record.Status,
        Deliveries = [.. record.Deliveries.Select(DeliveryView.Of)],
        IdempotencyKey = whole ? record.IdempotencyKey : null,
        BodyBytes = whole ? record.BodyBytes : null,
        Headers = whole ? [.. record.Headers.Select(header => new HeaderView(header.Key, header.Value))] : null,
    };
}

public sealed record HeaderView(string Name, string Value);

public sealed record DeliveryView
{
    public required string Destination { get; init; }

    public required DeliveryStatus Status { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>True where it went without regard to the order that its destination asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? OutOfOrder { get; init; }

    public required IReadOnlyList<AttemptView> Attempts { get; init; }

    public static DeliveryView Of(DeliveryRecord record) => new()
    {
        Destination = record.Destination,
        Status = record.Status,
        Reason = record.Reason,
        NextAttemptAt = record.NextAttemptAt,
        OutOfOrder = record.IsOutOfOrder ? true : null,
        Attempts = [.. record.Attempts.Select(attempt => new AttemptView(
            attempt.Number, attempt.Outcome, attempt.StatusCode, attempt.Error, attempt.StartedAt, attempt.Duration.TotalMilliseconds))],
    };
}

public sealed record AttemptView(int Number, AttemptOutcome Outcome, int? StatusCode, string? Error, DateTimeOffset StartedAt, double DurationMs);

public sealed record DeadLetterView(string Id, string Event, string Destination, string Reason, int? StatusCode, int Attempts, DateTimeOffset DeadAt, string Source, string Type)
{
    public static DeadLetterView Of(DeadLetter dead) => new(
        dead.Id.ToString(), dead.Id.Event.ToString(), dead.Id.Destination, dead.Reason, dead.StatusCode, dead.Attempts, dead.DeadAt, dead.Source, dead.Type);
}

/// <param name="Waiting">True while it waits for the handshake of its sender, from which it learns its secret.</param>
public sealed record SourceView(
    string Name, string Provider, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Usable, bool Paused, int Secrets, IReadOnlyList<string> Destinations,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Waiting = null);

public sealed record ReplayView(int Replayed);

public sealed record ErrorView(string Error);

public sealed record HealthView(string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Faults = null);
