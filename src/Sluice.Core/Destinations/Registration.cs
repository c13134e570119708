using Sluice.Delivery;

namespace Sluice.Destinations;

/// <summary>What was said of one destination while running.</summary>
public sealed record Registration
{
    public required string Name { get; init; }

    /// <summary>The store's mark of it: another with each change.</summary>
    public required string Version { get; init; }

    /// <summary>Where it stands. One that cannot be used is paused, whatever else was said, and the reason says why.</summary>
    public required Standing Standing { get; init; }

    /// <summary>Where a configured destination of this name stands, which stands before the registration: whether that can be used is then no matter.</summary>
    public required Standing Said { get; init; }

    /// <summary>What was registered, made ready for use; null where only the standing of a configured destination was said.</summary>
    public Destination? Destination { get; init; }

    /// <summary>Why it cannot be used, in one line; null where it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => $"{nameof(Registration)} {Name}";
}
