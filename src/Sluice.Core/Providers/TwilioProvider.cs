using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Twilio. <c>X-Twilio-Signature</c>, HMAC-SHA1 in base64, keyed with the account's primary auth token, over the URL as Twilio has it and the
/// form's fields sorted by name. JSON bodies are signed through <c>bodySHA256</c> in the query. A URL with and without its port counts, as in
/// Twilio's libraries. The id is <c>I-Twilio-Idempotency-Token</c>, which is not signed; the type comes from the status that is told. The answer is
/// an empty TwiML response. (twilio.com/docs/usage/webhooks/webhooks-security and webhooks-connection-overrides, read 2026-11-22.)
/// </summary>
public sealed class TwilioProvider : IProvider
{
    private static readonly UrlAndFormScheme TwilioSignature = new() { Headers = ["X-Twilio-Signature"], BodyHash = "bodySHA256", PortIsOptional = true };

    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("type")];

    public string Name => "twilio";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Twilio",
        Source = "twilio.com/docs/usage/webhooks/webhooks-security, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(15),
        Unconfirmed = ["that every kind of webhook carries I-Twilio-Idempotency-Token; without it the bytes' hash is the idempotency key", "what is tried again by default beside failed connections"],
    };

    public string SampleType => "message.delivered";

    public IReadOnlyList<string> Headers { get; } = ["I-Twilio-Idempotency-Token"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => TwilioSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var id = envelope.Headers.Single("I-Twilio-Idempotency-Token", out _);
        if (envelope.Body.Span is [(byte)'{', ..]) return new(id, JsonDescription.Read(envelope, IdAndType).Type);
        var type = FormBody.Single(envelope.Body.Span, "MessageStatus") is { } message ? $"message.{message}"
            : FormBody.Single(envelope.Body.Span, "CallStatus") is { } call ? $"call.{call}"
            : FormBody.Single(envelope.Body.Span, "SmsStatus") is { } sms ? $"message.{sms}"
            : null;
        return new(id, type);
    }

    // What Twilio's voice and messaging webhooks want to read; its status callbacks do not mind.
    public Answer? Success { get; } = new(200, "text/xml; charset=utf-8", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>"u8.ToArray());

    public bool IsBatch(Envelope envelope) => JsonAt.IsArray(envelope.Body.Span);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => JsonAt.Split(batch.Body, static item => new(JsonAt.Text(item, "id"), JsonAt.Text(item, "type")));

    public Sample CreateSample(string type, string id, DateTimeOffset at)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        var body = type.StartsWith("call.", StringComparison.Ordinal)
            ? FormBody.Encode(("AccountSid", "AC00000000000000000000000000000000"), ("CallSid", "CA" + id), ("CallStatus", type[(dot + 1)..]), ("From", "+14158675309"), ("To", "+18005551212"))
            : FormBody.Encode(("AccountSid", "AC00000000000000000000000000000000"), ("From", "+14158675309"), ("MessageSid", "SM" + id), ("MessageStatus", type[(dot + 1)..]), ("To", "+18005551212"));
        return new(body, "application/x-www-form-urlencoded", new KeyValuePair<string, string>("I-Twilio-Idempotency-Token", id));
    }
}
