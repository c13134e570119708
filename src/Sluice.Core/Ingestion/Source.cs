using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>A source made ready for use.</summary>
/// <param name="Verifier">Null when the source has nothing usable to check with: it then accepts nothing.</param>
/// <param name="Destinations">Those that take events of this source.</param>
public sealed record Source(
    SourceSettings Settings,
    IProvider Provider,
    SignatureScheme Scheme,
    ISignatureVerifier? Verifier,
    IReadOnlyList<Destination> Destinations)
{
    public string Name => Settings.Name;

    /// <summary>Why it accepts nothing: the first fault of its configuration; null where there is none.</summary>
    public string? Fault { get; init; }

    /// <summary>Where a batch of its events goes, to be taken apart.</summary>
    public IReadOnlyList<Destination> Splitting { get; init; } = [];

    /// <summary>False in an app that was given no secrets because it checks none: whether the source is usable is not known there.</summary>
    public bool ChecksSignatures { get; init; } = true;

    /// <summary>Whether one of its secrets is valid at that moment: without one it accepts nothing.</summary>
    public bool IsUsable(DateTimeOffset now) => Verifier?.IsUsable(now) == true;

    /// <summary>The sender's headers that destinations get: its signature's and its own.</summary>
    public IReadOnlyList<string> SenderHeaders { get; } =
    [
        .. Scheme.HeaderNames,
        .. new[] { Settings.TypeHeader }.OfType<string>(),
        .. Provider.Headers,
    ];
}
