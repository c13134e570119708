using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Mandrill (Mailchimp Transactional). <c>X-Mandrill-Signature</c>, HMAC-SHA1 in base64, over the webhook's URL to the letter and the form's names
/// and values. A request has up to 1000 events in the form field <c>mandrill_events</c>, kept one by one by <c>_id</c> with their type, time and
/// bytes. Before a webhook has a key Mandrill asks with HEAD and with an empty list: both are answered and nothing is kept.
/// (mailchimp.com/developer/transactional, webhooks guide, read 2026-11-22.)
/// </summary>
public sealed class MandrillProvider : IProvider
{
    private static readonly UrlAndFormScheme MandrillSignature = new() { Headers = ["X-Mandrill-Signature", "X-Mailchimp-Signature"] };

    public string Name => "mandrill";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Mandrill (Mailchimp Transactional)",
        Source = "mailchimp.com/developer/transactional, webhooks guide, read 2026-11-22",
        // Of one request.
        Burst = 1000,
        Unconfirmed = ["how long it waits and how often it tries", "whether _id is the event's or its message's: the id kept is that of the event's bytes with it", "the header's newer name X-Mailchimp-Signature"],
    };

    public string SampleType => "send";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => MandrillSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => default;

    public Answer? Greet(Envelope envelope, SourceSettings settings) =>
        envelope.Method == "HEAD" || (envelope.Method == "POST" && envelope.Body.Length < 64 && Events(envelope.Body.Span) is [(byte)'[', (byte)']']) ? Answer.Empty(200) : null;

    public bool IsBatch(Envelope envelope) => envelope.Body.Span.StartsWith("mandrill_events="u8);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch)
    {
        if (Events(batch.Body.Span) is not { } events || JsonAt.Split(events, static item => new(JsonAt.Text(item, "_id"), JsonAt.Text(item, "event") ?? JsonAt.Text(item, "type"))) is not { } items) return null;
        // One message has several events (sent, opened, clicked twice): its id alone would make them one.
        return [.. items.Select(item => item with { Id = item.Id is null ? null : IdOf(item), ContentType = "application/json" })];
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(FormBody.Encode(("mandrill_events",
        $$"""[{ "event": {{Json.Text(type)}}, "_id": {{Json.Text(id)}}, "ts": {{at.ToUnixTimeSeconds()}}, "msg": { "_id": {{Json.Text(id)}}, "email": "example@test.com", "state": "sent" } }]""")),
        "application/x-www-form-urlencoded");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => Challenge.Ask("HEAD", url);

    private static byte[]? Events(ReadOnlySpan<byte> form) => FormBody.Exactly(form, "mandrill_events") is [var events] ? events : null;

    private static string IdOf(BatchItem item) => $"{item.Id}:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(item.Body.Span).AsSpan(0, 16))}";
}
