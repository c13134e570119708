using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Twitch EventSub. <c>Twitch-Eventsub-Message-Signature: sha256=...</c>, HMAC-SHA256 in hex over message id, timestamp and body, ten minutes of
/// tolerance. <c>webhook_callback_verification</c> is signed too and answered with its challenge; a <c>revocation</c> is an event. The id is
/// <c>Twitch-Eventsub-Message-Id</c>, the type the body's <c>subscription.type</c>. (dev.twitch.tv, getting events using webhook
/// callbacks, read 2026-11-22.)
/// </summary>
public sealed class TwitchProvider : IProvider
{
    private const string MessageId = "Twitch-Eventsub-Message-Id";
    private const string MessageType = "Twitch-Eventsub-Message-Type";

    private static readonly JsonFields.Place[] ChallengeAndType = [new("challenge"), new("subscription/type")];

    private static readonly HmacScheme TwitchSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{id}{timestamp}{body}"),
        Headers = [new("Twitch-Eventsub-Message-Signature", "Twitch-Eventsub-Message-Timestamp", MessageId)],
        Timestamp = TimestampFormat.Iso8601,
        Tolerance = TimeSpan.FromMinutes(10),
    };

    public string Name => "twitch";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Twitch",
        Source = "dev.twitch.tv, EventSub, getting events using webhook callbacks, read 2026-11-22",
        RetryHeaders = [new("Twitch-Eventsub-Message-Retry", "{n}")],
        Unconfirmed = ["its deadline: a few seconds", "how long it repeats"],
    };

    public string SampleType => "stream.online";

    public IReadOnlyList<string> Headers { get; } = ["Twitch-Eventsub-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => TwitchSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var type = envelope.Headers.Single(MessageType, out _) == "revocation" ? "revocation" : JsonDescription.Read(envelope, ChallengeAndType).Type;
        return new(envelope.Headers.Single(MessageId, out _), type);
    }

    public Answer? Handshake(Envelope envelope, SourceSettings settings) =>
        envelope.Headers.Single(MessageType, out _) == "webhook_callback_verification" ? Challenge.Echo(JsonDescription.Read(envelope, ChallengeAndType).Id) : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "subscription": {
            "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4",
            "type": {{Json.Text(type)}},
            "version": "1",
            "status": "enabled",
            "cost": 0,
            "condition": { "broadcaster_user_id": "12826" },
            "transport": { "method": "webhook", "callback": "https://example.com/webhooks/callback" },
            "created_at": "{{at:yyyy-MM-ddTHH:mm:ssZ}}"
          },
          "event": { "id": "9001", "broadcaster_user_id": "12826", "broadcaster_user_login": "twitch", "started_at": "{{at:yyyy-MM-ddTHH:mm:ssZ}}" }
        }
        """),
        "application/json",
        new(MessageType, "notification"),
        new("Twitch-Eventsub-Message-Retry", "0"),
        new("Twitch-Eventsub-Subscription-Type", type),
        new("Twitch-Eventsub-Subscription-Version", "1"));

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Id = "e76c6bd4-55c9-4987-8304-da1588d8988b",
        Body = """
            {
              "challenge": "pogchamp-kappa-360noscope-vohiyo",
              "subscription": {
                "id": "f1c2a387-161a-49f9-a165-0f21d7a4e1c4", "status": "webhook_callback_verification_pending", "type": "stream.online", "version": "1", "cost": 1,
                "condition": { "broadcaster_user_id": "12826" },
                "transport": { "method": "webhook", "callback": "https://example.com/webhooks/callback" },
                "created_at": "2019-11-16T10:11:12.634234626Z"
              }
            }
            """u8.ToArray(),
        ContentType = "application/json",
        Headers = [new(MessageType, "webhook_callback_verification"), new("Twitch-Eventsub-Message-Retry", "0"), new("Twitch-Eventsub-Subscription-Type", "stream.online"), new("Twitch-Eventsub-Subscription-Version", "1")],
    };
}
