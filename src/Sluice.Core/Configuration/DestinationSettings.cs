using Sluice.Delivery;
using Sluice.Retries;

namespace Sluice.Configuration;

/// <summary>What the configuration says of one destination.</summary>
public sealed record DestinationSettings
{
    /// <summary>30 seconds.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>5 days.</summary>
    public static readonly TimeSpan DefaultDisableAfter = TimeSpan.FromDays(5);

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

    /// <summary>Whether a registered destination may use http, this machine and private networks; never what is link-local or a cloud's metadata.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether it was registered while running, by somebody who may not be the operator.</summary>
    public bool IsRegistered { get; init; }

    /// <summary>Whom to ask about it, in one line; null where nobody said.</summary>
    public string? Owner { get; init; }

    public RetryOptions Retry { get; init; } = new();

    /// <summary>What an answer's status means.</summary>
    public StatusRules Statuses { get; init; } = StatusRules.Default;

    /// <summary>How much it is given at once and in time.</summary>
    public DeliveryLimits Limits { get; init; } = new();

    public BreakerOptions Breaker { get; init; } = new();

    /// <summary>After how long without one success it is disabled; 5 days. Null: never.</summary>
    public TimeSpan? DisableAfter { get; init; } = DefaultDisableAfter;

    /// <summary>Null: each event is a request of its own.</summary>
    public BatchOptions? Batch { get; init; }

    /// <summary>Null: in no order.</summary>
    public OrderOptions? Order { get; init; }

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

/// <summary>How much a destination is given. Both hold over all instances.</summary>
public sealed record DeliveryLimits
{
    /// <summary>Attempts a second, from 0.01; null: as many as there are.</summary>
    public double? Rate { get; init; }

    /// <summary>Attempts at once, from 1; null: as many as there are workers.</summary>
    public int? Concurrency { get; init; }
}

/// <summary>When a destination that fails is left alone for a while: its deliveries wait, and no attempt of theirs is used up.</summary>
public sealed record BreakerOptions
{
    /// <summary>After how many attempts that failed one after another; 10. 0: never. Only failures that may heal count: a refusal shows that somebody is there.</summary>
    public int Failures { get; init; } = 10;

    /// <summary>For how long at first; 15 seconds. Then one attempt is made, and where it fails the next pause is twice as long.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest pause; 5 minutes.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Several events in one request. Whichever of the three is reached first sends it.</summary>
public sealed record BatchOptions
{
    /// <summary>How many events at most, from 2; 100.</summary>
    public int Events { get; init; } = 100;

    /// <summary>How many bytes of bodies at most; 256 KiB. One event that is larger goes alone.</summary>
    public int Bytes { get; init; } = 256 * 1024;

    /// <summary>How long the first waits for others, up to a minute; 5 seconds.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Which events go one after another, in the order of keeping.</summary>
public sealed record OrderOptions
{
    /// <summary>Where the order key is: events with the same one are in order. An event without one is in no order.</summary>
    public required ValueAt Key { get; init; }

    /// <summary>Whether a dead letter holds the others of its key until a person has replayed or purged it. Off.</summary>
    public bool Hold { get; init; }

    /// <summary>Where the sender's own time of the event is: one that is older than what was delivered for its key ends as Skipped. Null: none is.</summary>
    public ValueAt? Time { get; init; }
}

/// <summary>A place in an event: a header, or a value of its JSON body. Exactly one of the two is there.</summary>
public sealed record ValueAt(string? Header, JsonPath? Json);

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
