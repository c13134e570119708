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
    private long matched;

    public string Name => Settings.Name;

    /// <summary>Why it accepts nothing: the first fault of its configuration; null where there is none.</summary>
    public string? Fault { get; init; }

    /// <summary>Where a batch of its events goes, to be taken apart.</summary>
    public IReadOnlyList<Destination> Splitting { get; init; } = [];

    /// <summary>False in an app that was given no secrets because it checks none: whether the source is usable is not known there.</summary>
    public bool ChecksSignatures { get; init; } = true;

    /// <summary>Whether it has no secret of its own and learns the sender's from its first handshake: <see cref="Verifier"/> is null, and <see cref="Learning"/> knows what checks its requests.</summary>
    public bool Learns { get; init; }

    /// <summary>Whether a request may come from there.</summary>
    public bool Allows(System.Net.IPAddress? address) => Settings.AllowedIps is not { } allowed || (address is not null && SenderAddress.Contains(allowed, address));

    /// <summary>Whether one of its secrets is valid at that moment: without one it accepts nothing. One that learns its secret is no worse for waiting for it.</summary>
    public bool IsUsable(DateTimeOffset now) => Learns || Verifier?.IsUsable(now) == true;

    /// <summary>True once for each secret: when it is the first time that it matched since the configuration was read.</summary>
    public bool IsFirstMatch(int secret) => secret is >= 0 and < 64 && (Volatile.Read(ref matched) & (1L << secret)) == 0 && (Interlocked.Or(ref matched, 1L << secret) & (1L << secret)) == 0;

    /// <summary>The sender's headers that destinations get: its signature's and its own.</summary>
    public IReadOnlyList<string> SenderHeaders { get; } =
    [
        .. Scheme.HeaderNames,
        .. new[] { Settings.TypeHeader }.OfType<string>(),
        .. Provider.Headers,
    ];
}
