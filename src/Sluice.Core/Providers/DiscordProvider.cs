using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Discord's webhook events. <c>X-Signature-Ed25519</c>, hex, over <c>X-Signature-Timestamp</c> and the body. A PING (<c>type</c> 0) and every
/// event are answered 204 with a content type. There is no id: the bytes' hash is the idempotency key. Discord sends wrong signatures on
/// purpose, and answers other than 401 remove the URL. (github.com/discord/discord-api-docs, developers/events/webhook-events.mdx, read 2026-11-22.)
/// </summary>
public sealed class DiscordProvider : IProvider
{
    internal static readonly Ed25519Scheme DiscordSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{timestamp}{body}"),
        Headers = [new("X-Signature-Ed25519", Timestamp: "X-Signature-Timestamp")],
    };

    private static readonly JsonFields.Place[] Type = [new(""), new("event/type")];

    public string Name => "discord";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Discord webhook events",
        Source = "github.com/discord/discord-api-docs, developers/events/webhook-events.mdx, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(3),
        RetryHorizon = TimeSpan.FromMinutes(10),
        SuccessCodes = [204],
        Unconfirmed = ["whether a repeat has the bytes of the first try: if not, it is another event here"],
    };

    public string SampleType => "APPLICATION_AUTHORIZED";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => DiscordSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, Type) with { Id = null };

    public Answer? Handshake(Envelope envelope, SourceSettings settings) =>
        JsonNumber.TryReadTop(envelope.Body.Span, "type"u8, out var type) && type == 0 ? Answer.Empty(204) : null;

    public Answer? Success { get; } = Answer.Empty(204);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "version": 1,
          "application_id": "1234560123453231555",
          "type": 1,
          "event": { "type": {{Json.Text(type)}}, "timestamp": "{{at:yyyy-MM-ddTHH:mm:ss.ffffff}}", "data": { "integration_type": 1, "scopes": ["applications.commands"], "user": { "id": {{Json.Text(id)}} } } }
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = """{"version":1,"application_id":"1234560123453231555","type":0}"""u8.ToArray(),
        ContentType = "application/json",
    };
}
