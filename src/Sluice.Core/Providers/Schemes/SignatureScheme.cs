using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>How a sender proves who it is. A provider is mostly one of these kinds with its own values; each kind checks and signs.</summary>
public abstract record SignatureScheme
{
    /// <summary>What kind of proof it is, in a few words: the algorithm, such as <c>HMAC-SHA256</c>, or where the secret is shown, such as <c>secret in a header</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>How far the sender's timestamp may be from now, both ways; null where it signs no time.</summary>
    public TimeSpan? Tolerance { get; init; }

    /// <summary>Whether the sender signs its URL: the source then needs <c>PublicUrl</c>, since no header can be believed about it.</summary>
    public virtual bool SignsUrl => false;

    /// <summary>Whether the sender signs with a private key of its own, so that the source has <c>PublicKeys</c>.</summary>
    public virtual bool ChecksPublicKeys => false;

    /// <summary>Whether the secret is a part of the URL: <c>/api/webhooks/{source}/{secret}</c>.</summary>
    public virtual bool IsInPath => false;

    /// <summary>The headers that carry the proof; <c>http</c> destinations get them too.</summary>
    public abstract IReadOnlyList<string> HeaderNames { get; }

    /// <summary>The headers that hold the secret itself: neither kept with the event nor passed on.</summary>
    public virtual IReadOnlyList<string> CredentialNames => [];

    /// <summary>Whether a request holds the secret itself, in path, headers, query or body, and not only what was made with it: one that is refused may show it all but right, and is never kept.</summary>
    public virtual bool ShowsSecret => IsInPath || CredentialNames.Count > 0;

    /// <summary>
    /// What checks the requests of one source. Null, with the faults in <paramref name="errors"/>, when its settings hold nothing usable:
    /// one unusable secret makes the whole source unusable until someone has looked at it.
    /// </summary>
    public abstract ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors);

    /// <summary>
    /// What this side makes a request's signature over, as far as the request shows it: for people who look for a difference. Null where nothing is
    /// signed, or where it cannot be told apart from the secret. Never throws.
    /// </summary>
    public virtual byte[]? SignedText(Envelope envelope) => null;

    /// <summary>The time that a request's signature covers, in seconds since 1970; null where there is none or none can be read.</summary>
    public virtual long? SignedAt(Envelope envelope) => null;

    /// <summary>Says that there is no secret, where nothing has been said of them yet.</summary>
    protected static void RequireSecret(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        var entry = $"Sluice:Sources:{settings.Name}:Secrets";
        if (settings.Secrets.Count == 0 && !errors.Any(error => error.Source == settings.Name && error.Entry.StartsWith(entry, StringComparison.Ordinal)))
            errors.Add(new(entry, "has no secret; a source without one accepts nothing, so add the sender's signing secret", settings.Name));
    }

    /// <summary>Says that there is no public key, and that a secret is none.</summary>
    protected static void RequirePublicKeys(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        var entry = $"Sluice:Sources:{settings.Name}:PublicKeys";
        if (settings.PublicKeys.Count == 0 && !errors.Any(error => error.Source == settings.Name && error.Entry.StartsWith(entry, StringComparison.Ordinal)))
            errors.Add(new(entry, "has no key; a source without one accepts nothing, so add the public key the sender shows", settings.Name));
        RefuseSecrets(settings, errors);
    }

    /// <summary>A secret where none is read is a mistake: most likely a public key in the wrong place.</summary>
    protected static void RefuseSecrets(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        if (settings.Secrets.Count > 0) errors.Add(new(settings.Secrets[0].Entry, "is set, and this sender shares no secret: it signs with a key of its own; put its public key into PublicKeys", settings.Name));
    }

    /// <summary>The request as the sender would make it: with its proof in headers, body or URL.</summary>
    /// <param name="secret">What it signs with: the shared secret, or the private key where the source only has the public one.</param>
    /// <exception cref="FormatException">The secret cannot be read; the message says how it should look.</exception>
    public abstract SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at);
}

/// <summary>Checks the requests of one source: a function of envelope, keys and time.</summary>
public interface ISignatureVerifier
{
    /// <summary>How many secrets or keys there are.</summary>
    int Keys { get; }

    /// <summary>Whether one of them is valid at that moment: without one nothing is accepted.</summary>
    bool IsUsable(DateTimeOffset now);

    /// <summary>Sees to it that keys which the sender keeps elsewhere are at hand for this request. Most senders have none.</summary>
    ValueTask FetchAsync(Envelope envelope, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Never throws, whatever the request holds.</summary>
    SignatureCheck Verify(Envelope envelope, DateTimeOffset now);
}

/// <summary>A request on its way to a receiver.</summary>
public sealed record SentRequest
{
    public string Method { get; init; } = "POST";

    /// <summary>The URL as the sender knows it.</summary>
    public required Uri Url { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public required string ContentType { get; init; }

    /// <summary>Without <c>Content-Type</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The id that the sender gives this message where its signature has one.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether its sender's proof belongs to it. Not so a question that is asked before there is a secret, or that shows another thing.</summary>
    public bool IsSigned { get; init; } = true;

    public SentRequest With(params KeyValuePair<string, string>[] headers) => this with { Headers = [.. Headers, .. headers] };
}
