using Sluice.Ingestion;

namespace Sluice.Configuration;

/// <summary>What the configuration says of one source. Times are <c>d.hh:mm:ss</c>, sizes bytes.</summary>
public sealed record SourceSettings
{
    /// <summary>1 MiB.</summary>
    public const int DefaultMaxBodyBytes = 1024 * 1024;

    /// <summary>16 MiB: what the book on Azure can hold.</summary>
    public const int LargestMaxBodyBytes = 16 * 1024 * 1024;

    /// <summary>Its part of the URL: <c>[a-z][a-z0-9_]{0,39}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>Several mean rotation: any that is valid now may match.</summary>
    public IReadOnlyList<SecretSettings> Secrets { get; init; } = [];

    /// <summary>What is checked with where the sender signs with a key of its own: PEM, base64 or hex. Several mean rotation.</summary>
    public IReadOnlyList<SecretSettings> PublicKeys { get; init; } = [];

    /// <summary>How far a signed timestamp may be from now, both ways; the provider's own where absent.</summary>
    public TimeSpan? Tolerance { get; init; }

    /// <summary>A larger body is answered 413.</summary>
    public int MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>Whether a 401 says which <c>SignatureResult</c> it was. Off: an attacker learns nothing.</summary>
    public bool ExplainRejections { get; init; }

    /// <summary>A paused source answers 503 with Retry-After; the sender keeps its events.</summary>
    public bool Paused { get; init; }

    /// <summary>The URL as the sender has it, for senders that sign it: no header can be believed about it.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>What the sender has to show when it asks whether the URL is its receiver's; null where it asks nothing.</summary>
    public string? VerifyToken { get; init; }

    /// <summary>The addresses that its requests may come from; null means any. Others are refused like a wrong signature.</summary>
    public IReadOnlyList<AddressRange>? AllowedIps { get; init; }

    /// <summary>The proxies whose <c>X-Forwarded-For</c> is believed; none where absent.</summary>
    public IReadOnlyList<AddressRange> TrustedProxies { get; init; } = [];

    /// <summary>The types of bodies that it takes, such as <c>application/json</c>; null means any. Others are answered 415.</summary>
    public IReadOnlyList<string>? ContentTypes { get; init; }

    /// <summary>Whether a genuine event is taken whose signed time is older than the tolerance: for senders that repeat an event with its first time.</summary>
    public bool AcceptLate { get; init; }

    /// <summary>What is answered instead of the plain success; null where nothing is written down.</summary>
    public AnswerTemplate? AnswerTemplate { get; init; }

    /// <summary>The <see cref="IAnswer"/> that answers instead of the plain success; null where none does.</summary>
    public string? AnswerName { get; init; }

    /// <summary>How much of its refused requests is kept with their bytes; null where none are.</summary>
    public QuarantineSettings? Quarantine { get; init; }

    /// <summary>How it is compared with the sender's own log; null where it is not.</summary>
    public ReconcileSettings? Reconcile { get; init; }

    /// <summary>What only its provider reads, by name.</summary>
    public IReadOnlyDictionary<string, string> Own { get; init; } = System.Collections.Frozen.FrozenDictionary<string, string>.Empty;

    // The generic scheme (provider hmac).
    public string? Algorithm { get; init; }

    public string? Encoding { get; init; }

    public string? SignatureHeader { get; init; }

    public string? SignaturePrefix { get; init; }

    public string? TimestampHeader { get; init; }

    public string? SignedContent { get; init; }

    public string? IdHeader { get; init; }

    public string? TypeHeader { get; init; }

    /// <summary>
    /// The URL that the sender called: <see cref="PublicUrl"/> to the letter, with the query of the request unless the configuration has one.
    /// Null where the configuration says nothing.
    /// </summary>
    /// <param name="target">Path and query as received.</param>
    public string? UrlOf(string target) => PublicUrl is not { } url ? null
        : url.Query.Length > 0 || target.IndexOf('?', StringComparison.Ordinal) is not (>= 0 and var query) ? url.OriginalString : url.OriginalString + target[query..];

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => $"{nameof(SourceSettings)} {Name}";
}

/// <summary>A resolved secret or public key and the time it is valid for: from <c>NotBefore</c> (inclusive) to <c>NotAfter</c> (exclusive).</summary>
public sealed record SecretSettings(string Value, DateTimeOffset? NotBefore = null, DateTimeOffset? NotAfter = null)
{
    /// <summary>Where it stands in the configuration.</summary>
    public string Entry { get; init; } = "Secrets";

    /// <summary>Never the value.</summary>
    public override string ToString() => nameof(SecretSettings);
}
