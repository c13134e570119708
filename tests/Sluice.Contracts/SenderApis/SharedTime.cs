namespace Sluice.Contracts.SenderApis;

/// <summary>The clock of a double that is there before its host: still until the host's clock is known, then that.</summary>
public sealed class SharedTime(DateTimeOffset start) : TimeProvider
{
    public TimeProvider? Of { get; set; }

    public override DateTimeOffset GetUtcNow() => Of?.GetUtcNow() ?? start;
}
