namespace Sluice.Functions.Tests.Broker;

/// <summary>What a queue is created with; the defaults are those of the queue this repository deploys.</summary>
public sealed record BrokerQueueOptions
{
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>Zero is a queue without duplicate detection.</summary>
    public TimeSpan DuplicateDetectionWindow { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For one message and for one batch, body and properties together.</summary>
    public int MaxMessageBytes { get; init; } = 256 * 1024;

    public TimeSpan DefaultTimeToLive { get; init; } = TimeSpan.MaxValue;

    public bool DeadLetteringOnMessageExpiration { get; init; } = true;
}

/// <summary>What stands in a queue. Locked messages are counted among the active and the deferred ones too.</summary>
public sealed record BrokerCounts(int Active, int Scheduled, int Deferred, int Locked, int DeadLettered);
