using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Asana. <c>X-Hook-Signature</c>, HMAC-SHA256 in hex over the body. A new webhook begins with an unsigned POST whose <c>X-Hook-Secret</c> has to come
/// back. A source without <c>Secrets</c> learns it, the first and no other; one that has some answers it and does not believe it. A body holds an array of events,
/// each of which becomes one of its own, without an id; an empty one is a heartbeat. (developers.asana.com, webhooks guide, read 2026-11-22.)
/// </summary>
public sealed class AsanaProvider : IProvider
{
    private const string Secret = "X-Hook-Secret";

    /// <summary>The example of Asana's page on establishing a webhook.</summary>
    private const string Documented = "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81";

    private static readonly HmacScheme AsanaSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Hook-Signature")],
    };

    public string Name => "asana";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Asana",
        Source = "developers.asana.com, webhooks guide and establish a webhook, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromHours(24),
        Unconfirmed = ["that a repeat has the same bytes"],
    };

    public string SampleType => "task.changed";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => AsanaSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => default;

    // Where the operator has named the secrets, whoever sends one gets it back and nothing else happens: it opens no door.
    public Answer? Greet(Envelope envelope, SourceSettings settings) => settings.Secrets.Count > 0 && Brought(envelope) is { } secret ? Echo(secret) : null;

    public bool OffersSecret => true;

    // What everybody can read is no secret: a handshake copied from the documentation teaches nothing.
    public SecretOffer? Offer(Envelope envelope) => Brought(envelope) is { } secret && secret != Documented ? new(secret, Echo(secret)) : null;

    private static string? Brought(Envelope envelope) => envelope.Method == "POST" && envelope.Headers.Single(Secret, out _) is { } secret && Challenge.IsPlain(secret) ? secret : null;

    private static Answer Echo(string secret) => Answer.Empty(200) with { Headers = [new(Secret, secret)] };

    public Answer? Handshake(Envelope envelope, SourceSettings settings) => JsonAt.Items(envelope.Body, "events") is [] ? Answer.Empty(200) : null;

    public bool IsBatch(Envelope envelope) => JsonAt.AreObjects(envelope.Body.Span, "events");

    // Without an id: what has the same bytes, its time in milliseconds among them, is the same event, also when a repeat has other events around it.
    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) => JsonAt.AreObjects(batch.Body.Span, "events") ? JsonAt.Split(batch.Body, Describe, "events") : null;

    private static EventDescription Describe(ReadOnlySpan<byte> item)
    {
        var (resource, action) = (JsonAt.Text(item, "resource", "resource_type"), JsonAt.Text(item, "action"));
        return new(null, resource is null || action is null ? action : $"{resource}.{action}");
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "events": [
            {
              "user": { "gid": "12345", "resource_type": "user" },
              "created_at": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
              "action": {{Json.Text(type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..])}},
              "resource": { "gid": {{Json.Text(id)}}, "resource_type": {{Json.Text(type.Split('.')[0])}} },
              "parent": null
            }
          ]
        }
        """), "application/json");

    // It brings the secret that signs from then on; a source that has none yet is asked with one of nobody's.
    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = "{}"u8.ToArray(),
        ContentType = "application/json; charset=UTF-8",
        Headers = [new(Secret, settings.Secrets is [var first, ..] ? first.Value : "b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81")],
        IsSigned = false,
    };
}
