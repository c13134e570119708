using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Zendesk. <c>X-Zendesk-Webhook-Signature</c>, HMAC-SHA256 in base64 over timestamp and body, the timestamp in ISO 8601. A Zendesk event has id and type
/// in its body; what a trigger or automation sends is the customer's own text, so that its id is <c>X-Zendesk-Webhook-Invocation-Id</c>,
/// which is not signed. (developer.zendesk.com, verifying webhook authenticity, read 2026-11-22.)
/// </summary>
public sealed class ZendeskProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("type")];

    private static readonly HmacScheme ZendeskSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{timestamp}{body}"),
        Headers = [new("X-Zendesk-Webhook-Signature", Timestamp: "X-Zendesk-Webhook-Signature-Timestamp")],
        Timestamp = TimestampFormat.Iso8601,
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "zendesk";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Zendesk",
        Source = "developer.zendesk.com, verifying webhooks and webhook event types, read 2026-11-22",
        Unconfirmed = ["its deadline and how long it repeats", "that a repeat has a timestamp of its own; if not, set Tolerance"],
    };

    public string SampleType => "zen:event-type:user.created";

    public IReadOnlyList<string> Headers { get; } = ["X-Zendesk-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ZendeskSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var (id, type) = JsonDescription.Read(envelope, IdAndType);
        // The id in a trigger's body is likely a ticket's: the same at every change of the ticket.
        var isEvent = id is not null && type?.StartsWith("zen:event-type:", StringComparison.Ordinal) == true;
        return new(isEvent ? id : envelope.Headers.Single("X-Zendesk-Webhook-Invocation-Id", out _), type);
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "type": {{Json.Text(type)}},
          "account_id": 12514403,
          "id": {{Json.Text(id)}},
          "time": "{{at:yyyy-MM-ddTHH:mm:ssZ}}",
          "zendesk_event_version": "2022-11-06",
          "subject": "zen:user:6596848315901",
          "detail": { "id": "6596848315901", "role": "end-user" },
          "event": {}
        }
        """),
        "application/json; charset=utf-8",
        new("X-Zendesk-Account-Id", "12514403"),
        new("X-Zendesk-Webhook-Id", "01F1KRFQ6BG29CNWFR60NK5FNY"),
        new("X-Zendesk-Webhook-Invocation-Id", id));
}
