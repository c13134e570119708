using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>The code that knows one sender: how it signs, what it calls an event, what it expects back. Found by <see cref="Name"/>; holds no state.</summary>
public interface IProvider
{
    /// <summary>What <c>Provider</c> in the configuration says: lower case with dashes or underscores.</summary>
    string Name { get; }

    /// <summary>What is known of the sender beside its code, and from where.</summary>
    ProviderFacts Facts { get; }

    /// <summary>What an event of this sender is usually called; <c>sluice send</c> uses it when no type is given.</summary>
    string SampleType { get; }

    /// <summary>The sender's own headers beside those of its signature, <c>*</c> standing for any characters: <c>http</c> destinations get them too.</summary>
    IReadOnlyList<string> Headers => [];

    /// <summary>The names of the settings that only this provider reads, such as <c>WebhookId</c>.</summary>
    IReadOnlyList<string> Settings => [];

    /// <summary>How this sender signs. Settings that make no sense are added to <paramref name="errors"/> as <c>Name: what is wrong and the fix</c>.</summary>
    SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors);

    /// <summary>Reads id and type. Called for verified requests only; must not throw, whatever the bytes are.</summary>
    EventDescription Describe(Envelope envelope, SourceSettings settings);

    /// <summary>
    /// The answer to a question that is asked before anything can be verified (a GET with a challenge, an OPTIONS, a HEAD), or null.
    /// Called for every request first; nothing is kept of it. What it reflects is bounded, plain text and never markup.
    /// </summary>
    Answer? Greet(Envelope envelope, SourceSettings settings) => null;

    /// <summary>Whether this sender makes up the secret itself and brings it in a handshake (<see cref="Offer"/>): a source without <c>Secrets</c> then learns the first that is offered.</summary>
    bool OffersSecret => false;

    /// <summary>The secret that a request offers, which nothing can be checked of yet, or null. Bounded and plain text, since it is kept and reflected.</summary>
    SecretOffer? Offer(Envelope envelope) => null;

    /// <summary>The answer to a verified request that is a question and no event, or null. Nothing is kept of it.</summary>
    Answer? Handshake(Envelope envelope, SourceSettings settings) => null;

    /// <summary>The answer that this sender takes for success where the usual one is not: for accepted and duplicate events alike.</summary>
    Answer? Success => null;

    /// <summary>Whether a verified request holds several events: it is kept as one and answered, and its items are kept afterwards, each by its own id.</summary>
    bool IsBatch(Envelope envelope) => false;

    /// <summary>
    /// What tells this batch from an earlier one of the same bytes; null where the same bytes are the same batch, which is then found to be a duplicate.
    /// Called for batches only; must not throw.
    /// </summary>
    string? BatchId(Envelope envelope) => null;

    /// <summary>
    /// The items of a batch, each the exact slice of its bytes, or those bytes without the other items where what stands around one matters. Null when the
    /// bytes are not what they should be, or hold more than <see cref="BatchItem.Most"/>; must not throw. The same batch has the same items: it may be taken
    /// apart twice. An item without an id is known by its bytes; where two such items may be two events, its id is made of the batch's.
    /// </summary>
    IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => null;

    /// <summary>A request as this sender would make it, without its proof.</summary>
    Sample CreateSample(string type, string id, DateTimeOffset at);

    /// <summary>
    /// The question that this sender asks its receiver, with a challenge made up here; null where it asks none. It gets the proof that an
    /// event gets unless it says that it is not signed; what else it has to show (a verify token) is in it.
    /// </summary>
    SentRequest? CreateHandshake(Uri url, SourceSettings settings) => null;
}

/// <summary>The sender's own id and type of an event; null where it has none or the bytes could not be read.</summary>
public readonly record struct EventDescription(string? Id, string? Type);

/// <summary>One event of a batch.</summary>
public sealed record BatchItem(ReadOnlyMemory<byte> Body, string? Id, string? Type)
{
    /// <summary>More events than this in one request are no batch of anybody's: it is kept as one and not taken apart.</summary>
    public const int Most = 10_000;

    /// <summary>What the item is by itself, where that is not what the batch is.</summary>
    public string? ContentType { get; init; }
}

/// <summary>A success answer of the sender's own form.</summary>
public sealed record Answer(int StatusCode, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Headers that the sender looks for in the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public static Answer Text(string text, int statusCode = 200) => new(statusCode, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(text));

    public static Answer Json(string json, int statusCode = 200) => new(statusCode, "application/json", System.Text.Encoding.UTF8.GetBytes(json));

    public static Answer Empty(int statusCode) => new(statusCode, "text/plain; charset=utf-8", ReadOnlyMemory<byte>.Empty);
}

/// <summary>A made-up request: body, content type and the headers that are not part of the signature.</summary>
public sealed record Sample(byte[] Body, string ContentType, params KeyValuePair<string, string>[] Headers);

/// <summary>What is known of a sender. Facts without a source are no facts.</summary>
public sealed record ProviderFacts
{
    /// <summary>What people call it, such as <c>Stripe</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The page the facts are from and the day it was read.</summary>
    public required string Source { get; init; }

    /// <summary>How long it waits for an answer; null where it does not say.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>How long it may repeat an event; null where it does not say. Zero: it never does.</summary>
    public TimeSpan? RetryHorizon { get; init; }

    /// <summary>How long after each failed attempt the next one comes, without jitter; null where it does not say. Empty: it never sends again by itself.</summary>
    public IReadOnlyList<TimeSpan>? RetryDelays { get; init; }

    /// <summary>What a repeat says of itself in headers, <c>{n}</c> standing for its number, from 1.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> RetryHeaders { get; init; } = [];

    /// <summary>What a repeat says of itself in its body: the text of a first attempt, and what stands there instead, with <c>{n}</c> for the number of the repeat and <c>{attempt}</c> for that of the attempt.</summary>
    public KeyValuePair<string, string>? RetryText { get; init; }

    /// <summary>How many events it may send at once, in one request or beside each other; null where it does not say.</summary>
    public int? Burst { get; init; }

    /// <summary>The status codes that it takes for success; null where all from 200 to 299 are, or it does not say.</summary>
    public IReadOnlyList<int>? SuccessCodes { get; init; }

    /// <summary>What could not be confirmed, one line each.</summary>
    public IReadOnlyList<string> Unconfirmed { get; init; } = [];
}
