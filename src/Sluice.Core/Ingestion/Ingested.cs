using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Ingestion;

/// <summary>What became of a request.</summary>
public enum IngestResult
{
    Accepted = 0,
    Duplicate,

    /// <summary>Its signature did not hold; <see cref="Ingested.Signature"/> says why.</summary>
    Rejected,

    /// <summary>It was a question of the sender; <see cref="Ingested.Answer"/> is the answer.</summary>
    Answered,

    /// <summary>It was no POST and no question that this sender asks.</summary>
    NotAllowed,

    /// <summary>The source accepts nothing now.</summary>
    Closed,
}

/// <param name="Event">What was sent, where it is kept now or was before.</param>
public readonly record struct Ingested(IngestResult Result, EventId Id = default, SignatureResult Signature = SignatureResult.Valid, Answer? Answer = null, WebhookEvent? Event = null);
