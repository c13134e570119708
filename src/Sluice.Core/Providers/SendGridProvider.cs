using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// SendGrid's event webhook. <c>X-Twilio-Email-Event-Webhook-Signature</c>, ECDSA on P-256 with SHA-256, DER in base64, over the text of the
/// timestamp header exactly as received and the body's bytes, its last line end too. A request is an array of events, kept one by one by <c>sg_event_id</c>.
/// (twilio.com/docs/sendgrid, getting started with the event webhook security features, and
/// github.com/sendgrid/sendgrid-csharp, RequestValidator, read 2026-11-22.)
/// </summary>
public sealed class SendGridProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("sg_event_id"), new("event")];

    private static readonly EcdsaScheme SendGridSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{timestamp}{body}"),
        Headers = [new("X-Twilio-Email-Event-Webhook-Signature", Timestamp: "X-Twilio-Email-Event-Webhook-Timestamp")],
    };

    public string Name => "sendgrid";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "SendGrid",
        Source = "twilio.com/docs/sendgrid, getting started with the event webhook security features, read 2026-11-22",
        RetryHorizon = TimeSpan.FromHours(24),
        Unconfirmed = ["how long it waits for an answer", "how many events one request may have", "whether a repeat is signed anew: no age is judged unless Tolerance is set"],
    };

    public string SampleType => "delivered";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => SendGridSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public bool IsBatch(Envelope envelope) => JsonAt.IsArray(envelope.Body.Span);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => JsonAt.Split(batch.Body, static item => new(JsonAt.Text(item, "sg_event_id"), JsonAt.Text(item, "event")));

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes(
        $$"""[{"email":"example@test.com","timestamp":{{at.ToUnixTimeSeconds()}},"smtp-id":"<14c5d75ce93.dfd.64b469@ismtpd-555>","event":{{Json.Text(type)}},"category":["cat facts"],"sg_event_id":{{Json.Text(id)}},"sg_message_id":"14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0"}]""" + "\r\n"),
        "application/json");
}
