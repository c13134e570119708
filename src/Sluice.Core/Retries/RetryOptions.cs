namespace Sluice.Retries;

/// <summary>How a delivery is tried again. The defaults try for three days and a quarter: a weekend kills nothing.</summary>
public sealed record RetryOptions
{
    /// <summary>How many attempts in all, since booking or the last replay; 11.</summary>
    public int MaxAttempts { get; init; } = 11;

    /// <summary>The delay after the first attempt; 5 seconds.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>By what each delay is longer than the one before; 4.</summary>
    public double Factor { get; init; } = 4;

    /// <summary>No delay is longer, not even one that a destination asks for; one day.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The delays themselves, in their order: as many attempts as there are delays, and one more. Null: BaseDelay and Factor make them.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>No attempt begins later after the event was received; then the delivery is a dead letter. Null: whenever.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>By what part of itself a delay is varied, up or down; 0.2.</summary>
    public double Jitter { get; init; } = 0.2;
}
