using Sluice.Configuration;
using Sluice.Events;
using Sluice.Ingestion;
using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>By what a receiver can know an event: its id in a Sluice, and the sender's own id or <c>sha256:</c> and the hash of the bytes.</summary>
internal readonly record struct EventName(EventId Id, string Key);

/// <summary>The names of what one request holds.</summary>
/// <param name="Items">The event, or the items of a batch.</param>
/// <param name="Batch">The name of the whole where it is a batch.</param>
/// <param name="IsKnownAgain">Whether the same request has the same names whenever it comes.</param>
internal sealed record EventNames(IReadOnlyList<EventName> Items, EventName? Batch, bool IsKnownAgain)
{
    public static EventNames Of(IProvider provider, SourceSettings settings, Envelope envelope)
    {
        var whole = new WebhookEvent
        {
            Id = default, Source = settings.Name, Type = WebhookEvent.BatchType, IdempotencyKey = "", ReceivedAt = envelope.ReceivedAt, Headers = envelope.Headers, Body = envelope.Body,
        };
        if (provider.IsBatch(envelope) && provider.Split(whole) is { Count: > 0 } items)
            return new([.. items.Select(item => Name(whole, item))], Name(whole, new BatchItem(envelope.Body, null, WebhookEvent.BatchType)), IsKnownAgain: true);

        var id = provider.Describe(envelope, settings).Id;
        var isKnownAgain = id == provider.Describe(envelope with { ReceivedAt = envelope.ReceivedAt.AddHours(1) }, settings).Id;
        return new([Name(whole, new BatchItem(envelope.Body, isKnownAgain ? id : null, null))], null, isKnownAgain);
    }

    private static EventName Name(WebhookEvent whole, BatchItem item)
    {
        var named = EventOf.Item(whole, item);
        return new(named.Id, named.IdempotencyKey);
    }
}
