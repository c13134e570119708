using System.Globalization;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>The request that handler <c>http</c> sends for one attempt.</summary>
internal static class OutgoingRequest
{
    /// <summary>Why nothing may be sent at a moment, in one line; null where it may.</summary>
    public static string? WhyNone(DestinationSettings destination, DateTimeOffset now) =>
        destination.Signer?.IsUsable(now) == false ? "none of its SignSecrets is valid now; nothing is sent unsigned that should be signed" : null;

    /// <param name="now">When the attempt is made: a signature says so.</param>
    public static HttpRequestMessage Create(WebhookEvent webhook, DeliveryContext context, DateTimeOffset now)
    {
        var destination = context.Destination;
        var (body, contentType) = destination.Format switch
        {
            DeliveryFormat.CloudEvents => (CloudEvent.Structured(webhook), CloudEvent.StructuredType),
            DeliveryFormat.Slack => (SlackMessage.Of(webhook), SlackMessage.ContentType),
            _ => (webhook.Body, webhook.ContentType),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, destination.Url) { Content = new ReadOnlyMemoryContent(body) };
        if (contentType is not null && ForwardedHeaders.IsOneLine(contentType)) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        // What the destination's own settings say stands in place of a sender's header of the same name.
        var own = destination.Signer?.Headers(context.IdempotencyKey, now, body.Span) ?? [];
        // The sender's signature is over the bytes that came: beside others a destination that checks it would refuse what is genuine.
        var left = destination.Format is DeliveryFormat.CloudEvents or DeliveryFormat.Slack ? context.ProofHeaders : [];
        foreach (var (name, value) in webhook.Headers)
        {
            if (left.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            // A cloud event's own attributes would stand beside ours.
            if (destination.Format != DeliveryFormat.Exact && name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)) continue;
            if (ForwardedHeaders.Allows(name, value, context.SenderHeaders) && !Contains(own, name) && !Contains(destination.Headers, name)) request.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in own) request.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in destination.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (destination.Format == DeliveryFormat.CloudEventsBinary)
        {
            foreach (var (name, value) in CloudEvent.BinaryHeaders(webhook)) request.Headers.TryAddWithoutValidation(name, value);
        }

        if (webhook.Headers.First(Reconciliation.Reconciler.FetchedHeader) is { } provider) request.Headers.TryAddWithoutValidation(Reconciliation.Reconciler.FetchedHeader, provider);
        request.Headers.TryAddWithoutValidation("Sluice-Event", webhook.Id.ToString());
        request.Headers.TryAddWithoutValidation("Sluice-Source", webhook.Source);
        request.Headers.TryAddWithoutValidation("Sluice-Type", ForwardedHeaders.Encode(webhook.Type));
        request.Headers.TryAddWithoutValidation("Sluice-Attempt", context.Attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Sluice-Delivery", context.IdempotencyKey);
        if (context.IsOutOfOrder) request.Headers.TryAddWithoutValidation("Sluice-Out-Of-Order", "true");
        request.Headers.TryAddWithoutValidation(Hops.Header, Hops.After(Hops.Read(webhook.Headers.First(Hops.Header))));
        return request;
    }

    /// <summary>The one request for several events. What a single event's request says in headers stands in the body here, and no sender's header is passed on: there are several senders.</summary>
    /// <param name="now">When the attempt is made: a signature says so.</param>
    public static HttpRequestMessage Create(DeliveryBatch batch, DateTimeOffset now)
    {
        var destination = batch.Destination;
        var body = CloudEvent.Batch([.. batch.Deliveries.Select(delivery => delivery.Event)]);
        var request = new HttpRequestMessage(HttpMethod.Post, destination.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", CloudEvent.BatchType);
        foreach (var (name, value) in destination.Signer?.Headers(batch.Id, now, body.Span) ?? []) request.Headers.TryAddWithoutValidation(name, value);
        foreach (var (name, value) in destination.Headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Sluice-Batch", batch.Deliveries.Count.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Sluice-Delivery", batch.Id);
        request.Headers.TryAddWithoutValidation(Hops.Header, Hops.After(batch.Deliveries.Max(delivery => Hops.Read(delivery.Event.Headers.First(Hops.Header)))));
        return request;
    }

    private static bool Contains(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        for (var i = 0; i < headers.Count; i++)
        {
            if (headers[i].Key.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
