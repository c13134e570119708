namespace Sluice.Events;

/// <summary>An accepted, deduplicated webhook: what handlers get.</summary>
public sealed record WebhookEvent
{
    /// <summary>What a type is called when the sender's own could not be read.</summary>
    public const string UnknownType = "unknown";

    /// <summary>The type of a request that holds several events, each of which becomes one of its own.</summary>
    public const string BatchType = "batch";

    public required EventId Id { get; init; }

    /// <summary>The name of the source it came through.</summary>
    public required string Source { get; init; }

    /// <summary>The sender's name for what happened, such as <c>invoice.paid</c>; <see cref="UnknownType"/> where there is none.</summary>
    public required string Type { get; init; }

    /// <summary>The sender's stable id of the event, or <c>sha256:</c> and the hash of the bytes where it sends none.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>When it was received, UTC, to the millisecond.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The sender's headers without credentials and cookies.</summary>
    public required HeaderList Headers { get; init; }

    /// <summary>The exact bytes that arrived.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public string? ContentType => Headers.First("Content-Type");
}
