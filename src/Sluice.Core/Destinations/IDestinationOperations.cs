
namespace Sluice.Destinations;

/// <summary>What an operator can do with destinations. Two ways to it: straight to the store, or over HTTP to a running host.</summary>
public interface IDestinationOperations
{
    /// <summary>All destinations, those of the configuration and those that were registered, ordered by name.</summary>
    Task<IReadOnlyList<DestinationView>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One destination with its settings, or null.</summary>
    Task<DestinationView?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Registers a destination, or replaces what was registered under its name.</summary>
    Task<DestinationAnswer> RegisterAsync(string name, Registering asked, CancellationToken cancellationToken);

    /// <summary>Delivers nothing for a while; what comes meanwhile is kept.</summary>
    /// <param name="reason">In one line; null where nobody said why.</param>
    Task<DestinationAnswer> PauseAsync(string name, string? reason, CancellationToken cancellationToken);

    /// <summary>Delivers again, also to one that was disabled; what was kept goes out at the allowed rate.</summary>
    Task<DestinationAnswer> ResumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes a registered destination away.</summary>
    Task<DestinationAnswer> RemoveAsync(string name, PendingOnRemoval pending, CancellationToken cancellationToken);

    /// <summary>Sends a test event, or looks which kept events a destination would take. Keeps nothing and changes nothing.</summary>
    Task<TestAnswer> TestAsync(string name, Testing asked, CancellationToken cancellationToken);
}

/// <summary>What is to be registered.</summary>
/// <param name="Settings">One JSON object, the same as a destination in the configuration. May hold secrets. A value that is as <see cref="DestinationView.Settings"/> shows it keeps what is registered.</param>
public sealed record Registering(string Settings)
{
    /// <summary>Whether one that is registered is replaced; otherwise that is a conflict.</summary>
    public bool Replaces { get; init; } = true;

    /// <summary>Whether the receiver has to answer a challenge before anything is stored.</summary>
    public bool Challenges { get; init; }

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => nameof(Registering);
}

/// <summary>What is to be tested.</summary>
public sealed record Testing
{
    public const int DefaultLast = 100;
    public const int MostLast = 500;

    /// <summary>Settings of a destination that is not there yet, in JSON, in place of those that are; null for those that are.</summary>
    public string? Settings { get; init; }

    /// <summary>Whether something is sent; otherwise it is only looked what it would take.</summary>
    public bool Sends { get; init; } = true;

    /// <summary>The kept event that is sent or looked at; null for one that is made up, or for the last ones.</summary>
    public EventId? Event { get; init; }

    /// <summary>How many of the newest kept events are looked at, from 1 to <see cref="MostLast"/>.</summary>
    public int Last { get; init; } = DefaultLast;

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => nameof(Testing);
}

/// <summary>How a request about a destination ended.</summary>
public enum DestinationResult
{
    Done = 0,

    /// <summary>Done, and it was not there before.</summary>
    Created,

    /// <summary>What was asked breaks a rule, or there are as many as there may be.</summary>
    Refused,

    /// <summary>The name is the configuration's, or somebody else has changed it at the same time.</summary>
    Conflict,

    /// <summary>There is no such destination.</summary>
    Missing,
}

/// <summary>The answer about a destination.</summary>
/// <param name="View">The destination as it is now; null where nothing was done.</param>
/// <param name="Error">Which rule, and the fix, in one line; null where it was done.</param>
public sealed record DestinationAnswer(DestinationResult Result, DestinationView? View, string? Error)
{
    public static DestinationAnswer Not(DestinationResult result, string error) => new(result, null, error);
}

/// <summary>The answer to a test.</summary>
/// <param name="View">What was found; null where nothing was tested.</param>
/// <param name="Error">Which rule, and the fix, in one line; null where it was tested.</param>
public sealed record TestAnswer(DestinationResult Result, TestView? View, string? Error);
