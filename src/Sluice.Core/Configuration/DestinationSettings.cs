using Sluice.Delivery;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>What the configuration says of one destination.</summary>
public sealed record DestinationSettings
{
    /// <summary>30 seconds.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>4 minutes: what a lease on Azure can cover.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(4);

    /// <summary><c>[a-z][a-z0-9_]{0,39}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The handler's name.</summary>
    public required string Handler { get; init; }

    /// <summary>Where the <c>http</c> handler posts to.</summary>
    public Uri? Url { get; init; }

    /// <summary>The sources it takes events of; null means all.</summary>
    public IReadOnlyList<string>? Sources { get; init; }

    /// <summary>The types it takes, <c>*</c> standing for any characters; null means all.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Which of those events it takes; null means all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>How long one attempt may take in all.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Whether it has to be in the public internet, over https: for addresses that are not the operator's own. Off.</summary>
    public bool Strict { get; init; }

    public RetryOptions Retry { get; init; } = new();

    /// <summary>What the <c>http</c> handler sends: the exact bytes unless said otherwise.</summary>
    public DeliveryFormat Format { get; init; }

    /// <summary>Signs what the <c>http</c> handler sends; null where nothing is signed.</summary>
    public DeliverySigner? Signer { get; init; }

    /// <summary>Headers that the <c>http</c> handler adds, credentials among them; never shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>What its handler needs, by the handler's own setting names.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Never what it holds: some of it is secret.</summary>
    public override string ToString() => $"{nameof(DestinationSettings)} {Name}";
}

/// <summary>How an event is written for a destination.</summary>
public enum DeliveryFormat
{
    /// <summary>The bytes as they came.</summary>
    Exact = 0,

    /// <summary>CloudEvents 1.0 in structured mode: one JSON object with everything in it.</summary>
    CloudEvents,

    /// <summary>CloudEvents 1.0 in binary mode: the bytes as they came, and what is known of them in headers.</summary>
    CloudEventsBinary,
}
