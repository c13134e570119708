using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Intercom. <c>X-Hub-Signature: sha1=...</c>, HMAC-SHA1 in hex over the body, keyed with the app's client secret. Id and type are the body's
/// <c>id</c> and <c>topic</c>. It knocks with HEAD before it sends. (developers.intercom.com, setting up webhooks; read 2026-11-22.)
/// </summary>
public sealed class IntercomProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndTopic = [new("id"), new("topic")];

    private static readonly HmacScheme HubSignature = new()
    {
        Algorithm = HashAlgorithmName.SHA1,
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha1=",
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Hub-Signature")],
    };

    public string Name => "intercom";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Intercom",
        Source = "developers.intercom.com, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryText = new("\"delivery_attempts\": 1", "\"delivery_attempts\": {attempt}"),
        Unconfirmed = ["how often a failed webhook is repeated", "whether it still knocks with HEAD when the URL is saved"],
    };

    public string SampleType => "conversation.user.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => HubSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndTopic);

    public Answer? Greet(Envelope envelope, SourceSettings settings) => envelope.Method == "HEAD" ? Answer.Empty(200) : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "type": "notification_event",
          "app_id": "a86dr8yl",
          "data": { "type": "notification_event_data", "item": { "type": "conversation", "id": "1234567890" } },
          "links": {},
          "id": {{Json.Text("notif_" + id)}},
          "topic": {{Json.Text(type)}},
          "delivery_status": "pending",
          "delivery_attempts": 1,
          "first_sent_at": {{at.ToUnixTimeSeconds()}},
          "created_at": {{at.ToUnixTimeSeconds()}}
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => Challenge.Ask("HEAD", url);
}
