using System.Text;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Meta: WhatsApp, Messenger, Instagram, Pages and the rest of its Graph API. <c>X-Hub-Signature-256: sha256=...</c>, HMAC-SHA256 in hex over the body,
/// keyed with the app secret; the older SHA-1 header is never looked at. A GET with the source's <c>VerifyToken</c> is answered with its
/// challenge. A body holds up to 1,000 things that happened; see <see cref="MetaItems"/>. (developers.facebook.com, Graph API webhooks
/// and WhatsApp Cloud API webhooks, read 2026-11-22.)
/// </summary>
public sealed class MetaProvider : IProvider
{
    private static readonly HmacScheme HubSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Hub-Signature-256")],
    };

    public string Name => "meta";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Meta and WhatsApp",
        Source = "developers.facebook.com, Graph API webhooks and WhatsApp Cloud API webhooks, read 2026-11-22",
        RetryHorizon = TimeSpan.FromDays(7),
        // Of one request.
        Burst = 1000,
        SuccessCodes = [200],
        Unconfirmed = ["its deadline: a few seconds", "how long it repeats: WhatsApp up to seven days, others 36 hours", "that a repeat has the same entries"],
    };

    public string SampleType => "messages";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => HubSignature;

    public Answer? Greet(Envelope envelope, SourceSettings settings)
    {
        if (envelope.Method != "GET" || Query.Single(envelope.Target, "hub.mode") != "subscribe") return null;
        return Challenge.IsToken(Query.Single(envelope.Target, "hub.verify_token"), settings.VerifyToken)
            ? Challenge.Echo(Query.Single(envelope.Target, "hub.challenge"))
            : Answer.Text("verify token refused", 403);
    }

    public EventDescription Describe(Envelope envelope, SourceSettings settings) =>
        JsonItems.Read(envelope.Body, root => MetaItems.Find(envelope.Body, root).Take(2).ToList() is [var only] ? only.Description : default);

    public bool IsBatch(Envelope envelope) => JsonItems.Read(envelope.Body, root => MetaItems.Find(envelope.Body, root).Take(2).Count() > 1);

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) =>
        JsonItems.Read(batch.Body, root => Narrowing.Split(batch.Body, MetaItems.Find(batch.Body, root), JsonItems.Text(root, "object")) is { Count: > 0 } items ? items : null);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "object": "whatsapp_business_account",
          "entry": [
            {
              "id": "102290129340398",
              "changes": [
                {
                  "value": {
                    "messaging_product": "whatsapp",
                    "metadata": { "display_phone_number": "15550783881", "phone_number_id": "106540352242922" },
                    "messages": [{ "from": "16505551234", "id": {{Json.Text("wamid." + id)}}, "timestamp": "{{at.ToUnixTimeSeconds()}}", "type": "text", "text": { "body": "Hello" } }]
                  },
                  "field": {{Json.Text(type)}}
                }
              ]
            }
          ]
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) =>
        Challenge.Ask("GET", url, ("hub.mode", "subscribe"), ("hub.challenge", "1158201444"), ("hub.verify_token", settings.VerifyToken ?? ""));
}
