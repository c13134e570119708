using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// HubSpot, version 3 of its signatures only. <c>X-HubSpot-Signature-v3</c>, HMAC-SHA256 in base64 over method, URL, body and the timestamp in
/// milliseconds, five minutes of tolerance: the source needs <c>PublicUrl</c>. Versions 1 and 2 are plain hashes and never looked at.
/// A webhook is an array of up to 100 events, each of which becomes one of its own. (developers.hubspot.com, request validation, read 2026-11-22.)
/// </summary>
public sealed class HubSpotProvider : IProvider
{
    private static readonly HmacScheme HubSpotSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{method}{url}{body}{timestamp}"),
        Headers = [new("X-HubSpot-Signature-v3", Timestamp: "X-HubSpot-Request-Timestamp")],
        Timestamp = TimestampFormat.Milliseconds,
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "hubspot";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "HubSpot",
        Source = "developers.hubspot.com, validating requests and webhooks API, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryHorizon = TimeSpan.FromHours(24),
        RetryText = new("\"attemptNumber\": 0", "\"attemptNumber\": {n}"),
        // Of one request.
        Burst = 100,
        Unconfirmed = ["how long it repeats: 24 hours or three days", "that occurredAt stays the same when an event is repeated"],
    };

    public string SampleType => "contact.creation";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => HubSpotSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => Describe(envelope.Body.Span);

    public bool IsBatch(Envelope envelope) => JsonAt.AreObjects(envelope.Body.Span);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => JsonAt.AreObjects(batch.Body.Span) ? JsonAt.Split(batch.Body, Describe) : null;

    // eventId alone may come twice, HubSpot says; and attemptNumber changes, so that the bytes are no id either.
    private static EventDescription Describe(ReadOnlySpan<byte> item) => new(
        JsonAt.Text(item, "eventId") is { } id ? $"{JsonAt.Text(item, "subscriptionId")}:{JsonAt.Text(item, "objectId")}:{JsonAt.Text(item, "occurredAt")}:{id}" : null,
        JsonAt.Text(item, "subscriptionType"));

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        [
          {
            "eventId": {{BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(id)))}},
            "subscriptionId": 25,
            "portalId": 62515,
            "occurredAt": {{at.ToUnixTimeMilliseconds()}},
            "subscriptionType": {{Json.Text(type)}},
            "attemptNumber": 0,
            "objectId": 123,
            "changeSource": "CRM"
          }
        ]
        """), "application/json");
}
