using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Processing;
using Sluice.Providers;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Ingestion;

/// <summary>Turns an envelope into a kept event: verify, describe, match, book, ring. When it returns Accepted or Duplicate the event is durable.</summary>
public sealed partial class Ingestor(
    LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, Replayer replayer, Learning learning, Pacing pacing, Random random, ILogger<Ingestor> logger, IEnvelopeCarrier? carrier = null)
{
    /// <exception cref="StoreUnavailableException">It could not be kept, or nobody knows whether it was: the sender has to try again.</exception>
    public async ValueTask<Ingested> IngestAsync(Source source, Envelope envelope, CancellationToken cancellationToken)
    {
        // From elsewhere it is no question either: what is asked and what is forged look the same as without a provider's greeting.
        var isAllowed = source.Allows(envelope.RemoteAddress);
        if (isAllowed && source.Provider.Greet(envelope, source.Settings) is { } greeting) return new(IngestResult.Answered, Answer: greeting);
        if (envelope.Method != "POST") return new(IngestResult.NotAllowed);
        var verifier = source.Verifier;
        if ((verifier is null && !source.Learns) || source.Settings.Paused) return new(IngestResult.Closed);
        if (!isAllowed) return new(IngestResult.Rejected, Signature: SignatureResult.AddressNotAllowed);
        if (verifier is null)
        {
            if (source.Provider.Offer(envelope) is { } offer) return await learning.LearnAsync(source, offer, cancellationToken) is { } learned ? new(IngestResult.Answered, Answer: learned) : new(IngestResult.Rejected, Signature: SignatureResult.HandshakeRefused);
            verifier = await learning.VerifierAsync(source);
            if (verifier is null) return new(IngestResult.Rejected, Signature: SignatureResult.NoUsableSecret);
        }

        await verifier.FetchAsync(envelope, cancellationToken);
        var check = verifier.Verify(envelope, envelope.ReceivedAt);
        if (check.Result == SignatureResult.TimestampTooOld && !source.Settings.AcceptLate) return await RepeatAsync(source, envelope, cancellationToken);
        if (!check.IsValid && check.Result != SignatureResult.TimestampTooOld) return new(IngestResult.Rejected, Signature: check.Result);
        Audit(source, verifier, check);
        if (source.Provider.Handshake(envelope, source.Settings) is { } answer) return new(IngestResult.Answered, Answer: answer);

        var webhook = EventOf.Request(source, envelope);
        try
        {
            await shared.EnsureKnownAsync(cancellationToken);
            return await KeepAsync(webhook, source.Provider.IsBatch(envelope) ? source.Splitting : DestinationsOf(source), envelope.ReceivedAt, isAskedFor: true, cancellationToken);
        }
        catch (StoreUnavailableException e) when (carrier is not null)
        {
            // The store may have kept it after all: it is then found to be a duplicate where it arrives.
            Log.Carried(logger, source.Name, webhook.Id, e.Message);
            await CarryAsync(webhook, e, cancellationToken);
            return new(IngestResult.Accepted, webhook.Id, Event: webhook);
        }
    }

    // Those that are known now: the source is as it was when the request came.
    private IReadOnlyList<Destination> DestinationsOf(Source source) => configuration.Current.TryGetSource(source.Name, out var now) ? now.Destinations : source.Destinations;

    // Genuine and too old: the sender's own repeat of what is kept is a duplicate, so that it stops; anything else may be somebody's recording.
    private async ValueTask<Ingested> RepeatAsync(Source source, Envelope envelope, CancellationToken cancellationToken)
    {
        var webhook = EventOf.Request(source, envelope);
        if (await store.LoadAsync(webhook.Id, cancellationToken) is not { } kept || !kept.Body.Span.SequenceEqual(envelope.Body.Span))
            return new(IngestResult.Rejected, Signature: SignatureResult.TimestampTooOld);
        Telemetry.Duplicates.Add(1, new KeyValuePair<string, object?>("source", source.Name));
        // Without the event: nobody's code is to answer what may be a recording.
        return new(IngestResult.Duplicate, webhook.Id);
    }

    private void Audit(Source source, ISignatureVerifier verifier, SignatureCheck check)
    {
        if (Telemetry.Verified.Enabled)
            Telemetry.Verified.Add(1, new KeyValuePair<string, object?>("source", source.Name), new KeyValuePair<string, object?>("secret", check.Secret));
        if (source.IsFirstMatch(check.Secret)) Log.SecretMatched(logger, source.Name, check.Secret, verifier.Keys);
    }

    private async ValueTask CarryAsync(WebhookEvent webhook, StoreUnavailableException cause, CancellationToken cancellationToken)
    {
        try
        {
            await carrier!.CarryAsync(webhook, cancellationToken);
        }
        catch (QueueUnavailableException e)
        {
            throw new StoreUnavailableException($"{cause.Message}; and it could not travel in a message either: {e.Message}", e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bell for {Delivery} not rung, its due row brings it back: {Reason}")]
        public static partial void NotRung(ILogger logger, DeliveryId delivery, string reason);

        [LoggerMessage(2, LogLevel.Warning, "{Source} sent event {Event} again with other bytes; the first are kept")]
        public static partial void Conflict(ILogger logger, string source, EventId @event);

        [LoggerMessage(4, LogLevel.Warning, "{Source}: the store is away, event {Id} travels in a message: {Reason}")]
        public static partial void Carried(ILogger logger, string source, EventId id, string reason);

        [LoggerMessage(5, LogLevel.Debug, "{Source}: secret {Secret} of {Count}, counted from 0, is in use")]
        public static partial void SecretMatched(ILogger logger, string source, int secret, int count);

        [LoggerMessage(6, LogLevel.Information, "{Source} redelivered batch {Event}: it is taken apart again, and what is dead of it is replayed")]
        public static partial void BatchRedelivered(ILogger logger, string source, EventId @event);

        [LoggerMessage(3, LogLevel.Information, "{Source} redelivered event {Event}; dead letters replayed: {Count}")]
        public static partial void RedeliveryReplayed(ILogger logger, string source, EventId @event, int count);
    }
}
