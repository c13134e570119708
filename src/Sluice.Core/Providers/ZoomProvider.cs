using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Zoom. <c>x-zm-signature: v0=...</c>, HMAC-SHA256 in hex over <c>v0:timestamp:body</c>, keyed with the app's secret token. <c>endpoint.url_validation</c>
/// comes when the URL is saved and again every 72 hours, signed too. No id: the same bytes are the same event. The type is the body's
/// <c>event</c>. (developers.zoom.us, using webhooks, and the changelog on webhook validation, read 2026-11-22.)
/// </summary>
public sealed class ZoomProvider : IProvider
{
    private static readonly JsonFields.Place[] Places = [new("event"), new("payload/plainToken")];

    private static readonly HmacScheme ZoomSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "v0=",
        Content = SignedContent.Parse("v0:{timestamp}:{body}"),
        Headers = [new("x-zm-signature", Timestamp: "x-zm-request-timestamp")],
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "zoom";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Zoom",
        Source = "developers.zoom.us, using webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(3),
        RetryHorizon = TimeSpan.FromMinutes(90),
        RetryDelays = [TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(60)],
        SuccessCodes = [200, 204],
        Unconfirmed = ["the tolerance of its timestamp; five minutes are ours", "that no header or field identifies an event"],
    };

    public string SampleType => "meeting.started";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ZoomSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        string?[] values = new string?[Places.Length];
        return JsonFields.TryRead(envelope.Body.Span, Places, values) ? new(null, values[0]) : default;
    }

    public Answer? Handshake(Envelope envelope, SourceSettings settings)
    {
        if (envelope.Body.Span.IndexOf("url_validation"u8) < 0) return null;
        string?[] values = new string?[Places.Length];
        if (!JsonFields.TryRead(envelope.Body.Span, Places, values) || values[0] != "endpoint.url_validation" || values[1] is not { } plain) return null;

        // What goes back is signed with the secret that signs webhooks. The colon of what they sign never passes here, so that no answer is a signature.
        if (!Challenge.IsPlain(plain) || Signer(envelope, settings) is not { } secret) return null;
        var encrypted = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(plain)));
        return Answer.Json($$"""{"plainToken":{{Json.Text(plain)}},"encryptedToken":"{{encrypted}}"}""");
    }

    // Of several secrets the one that signed the question.
    private static string? Signer(Envelope envelope, SourceSettings settings) => settings.Secrets
        .FirstOrDefault(secret => HmacKey.Create(secret, ZoomSignature, out _) is { } key && new HmacVerifier(ZoomSignature, [key], null).Verify(envelope, envelope.ReceivedAt).IsValid)?.Value;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "event": {{Json.Text(type)}},
          "event_ts": {{at.ToUnixTimeMilliseconds()}},
          "payload": { "account_id": "abc8888888888888888888", "object": { "id": "123456789", "uuid": {{Json.Text(id)}}, "topic": "A sample" } }
        }
        """), "application/json; charset=utf-8");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = """{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}"""u8.ToArray(),
        ContentType = "application/json; charset=utf-8",
    };
}
