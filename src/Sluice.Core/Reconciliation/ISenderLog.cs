using Sluice.Configuration;

namespace Sluice.Reconciliation;

/// <summary>
/// What a sender says that it sent, over its own API. One for each sender that documents such a listing, found by the provider's name;
/// holds no state. Its calls throw <see cref="SenderLogException"/> when the sender cannot be asked, and nothing else, whatever it answers.
/// </summary>
public interface ISenderLog
{
    /// <summary>The name of the provider whose sender this is.</summary>
    string Provider { get; }

    /// <summary>Where the API is when the settings say nothing else.</summary>
    Uri ApiUrl { get; }

    /// <summary>How far back the sender's log goes.</summary>
    TimeSpan Horizon { get; }

    /// <summary>Whether the listing has each event whole: it is then kept as it stands there. Otherwise the sender is asked for redelivery.</summary>
    bool IsWhole { get; }

    /// <summary>How long to wait between two requests for redelivery.</summary>
    TimeSpan Pause { get; }

    /// <summary>What makes no sense in the settings, each as <c>Name: what is wrong and the fix</c>.</summary>
    IEnumerable<string> Check(ReconcileSettings settings);

    /// <summary>Says who asks, before anything else is asked.</summary>
    Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken);

    /// <summary>One page of what was sent in the time asked for, or a little more.</summary>
    /// <param name="cursor">What the page before said under <see cref="LogPage.Next"/>; null for the first.</param>
    Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken);

    /// <summary>Asks the sender to send one event again, through the webhook's own door.</summary>
    Task AskAgainAsync(SenderApi api, SourceSettings source, LoggedEvent logged, CancellationToken cancellationToken) => throw new NotSupportedException($"{Provider} lists its events whole");
}

/// <summary>What is asked for.</summary>
public sealed record LogQuery(ReconcileSettings Settings, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>A part of a sender's log.</summary>
/// <param name="Next">How to go on; null at the end.</param>
/// <param name="Unreadable">How many entries made no sense.</param>
public sealed record LogPage(IReadOnlyList<LoggedEvent> Events, string? Next, int Unreadable = 0);

/// <summary>One entry of a sender's log: an event, or one of several tries to deliver it.</summary>
public sealed record LoggedEvent
{
    /// <summary>The event's idempotency key, as the provider reads it from a webhook.</summary>
    public required string Key { get; init; }

    public required string Type { get; init; }

    /// <summary>When it was sent or made; null where the sender does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether the sender counts it as delivered; null where it does not say.</summary>
    public bool? IsDelivered { get; init; }

    /// <summary>What the sender wants to be told when it is asked for redelivery.</summary>
    public string Handle { get; init; } = "";

    /// <summary>The event as the API has it, where the listing is whole; part of the answer's own memory.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>The sender could not be asked, or does not want to be asked now; the message says why in one line, without secrets.</summary>
/// <param name="mayGoOnAt">When it may be asked again, where it says so.</param>
public sealed class SenderLogException(string message, DateTimeOffset? mayGoOnAt = null, bool isFinal = true) : Exception(message)
{
    public DateTimeOffset? MayGoOnAt => mayGoOnAt;

    /// <summary>Whether there is no sense in asking for anything else in this run; otherwise only the one thing that was asked for failed.</summary>
    public bool IsFinal => isFinal;
}
