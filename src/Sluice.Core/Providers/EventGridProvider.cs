using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Azure Event Grid in its own schema (for CloudEvents see <c>cloudevents</c>). Nothing is signed: the secret is in the URL, or, where
/// <c>SignatureHeader</c> names one, in a delivery header of the subscription. A subscription is validated by a POST with
/// <c>aeg-event-type: SubscriptionValidation</c>, answered with its code. A request is an array of events, each with <c>id</c> and
/// <c>eventType</c>. (learn.microsoft.com, webhook event delivery, and delivery and retry, read 2026-11-22.)
/// </summary>
public sealed class EventGridProvider : IProvider
{
    private const int LongestCode = 512;

    private static readonly PathSecretScheme InPath = new();

    public string Name => "eventgrid";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Azure Event Grid",
        Source = "learn.microsoft.com, Event Grid webhook event delivery, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(30),
        RetryHorizon = TimeSpan.FromHours(24),
        // learn.microsoft.com, Event Grid message delivery and retry, read 2026-11-22; each may be late or left out.
        RetryDelays = [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12)],
        RetryHeaders = [new("aeg-delivery-count", "{n}")],
        SuccessCodes = [200, 201, 202, 203, 204],
        Unconfirmed = ["The aeg-* headers beside aeg-event-type: they are passed on and not looked at."],
    };

    public string SampleType => "Microsoft.Storage.BlobCreated";

    public IReadOnlyList<string> Headers { get; } = ["aeg-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => settings.SignatureHeader is null ? InPath : TokenProvider.Of(settings);

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => new(JsonAt.Text(envelope.Body.Span, "id"), JsonAt.Text(envelope.Body.Span, "eventType"));

    public Answer? Handshake(Envelope envelope, SourceSettings settings) =>
        envelope.Headers.Single("aeg-event-type", out _) == "SubscriptionValidation"
        && JsonAt.Items(envelope.Body) is [var only]
        && JsonAt.Text(only.Span, "data", "validationCode") is { Length: > 0 and <= LongestCode } code
            ? Answer.Json($$"""{"validationResponse":{{Json.Text(code)}}}""")
            : null;

    public bool IsBatch(Envelope envelope) => JsonAt.IsArray(envelope.Body.Span);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) =>
        JsonAt.Split(batch.Body, static item => new(JsonAt.Text(item, "id"), JsonAt.Text(item, "eventType")));

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        [{
          "id": {{Json.Text(id)}},
          "topic": "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.Storage/storageAccounts/example",
          "subject": "/blobServices/default/containers/example/blobs/file.txt",
          "eventType": {{Json.Text(type)}},
          "eventTime": "{{at:yyyy-MM-ddTHH:mm:ssZ}}",
          "data": { "api": "PutBlob", "contentLength": 524288 },
          "dataVersion": "1", "metadataVersion": "1"
        }]
        """), "application/json", new("aeg-event-type", "Notification"), new("aeg-delivery-count", "0"));

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = """
            [{
              "id": "2d1781af-3a4c-4d7c-bd0c-e34b19da4e66",
              "topic": "/subscriptions/00000000-0000-0000-0000-000000000000",
              "subject": "",
              "data": { "validationCode": "512d38b6-c7b8-40c8-89fe-f46f9e9622b6", "validationUrl": "https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/example/validate?id=512d38b6-c7b8-40c8-89fe-f46f9e9622b6" },
              "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
              "eventTime": "2018-01-25T22:12:19.4556811Z",
              "metadataVersion": "1", "dataVersion": "1"
            }]
            """u8.ToArray(),
        ContentType = "application/json; charset=utf-8",
        Headers = [new("aeg-event-type", "SubscriptionValidation")],
    };
}
