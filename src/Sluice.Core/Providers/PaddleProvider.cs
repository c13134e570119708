using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Paddle Billing. <c>Paddle-Signature: ts=...;h1=...</c>, HMAC-SHA256 in hex over <c>ts:body</c>; several <c>h1</c> while a secret is rotated.
/// Paddle's libraries allow five seconds, which any clock misses; the window here is five minutes. Id and type are the body's
/// <c>event_id</c> and <c>event_type</c>. (developer.paddle.com, verify webhook signatures, read 2026-11-22.)
/// </summary>
public sealed class PaddleProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("event_id"), new("event_type")];

    private static readonly HmacScheme PaddleSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Pairs,
        Prefix = "h1=",
        Separator = ';',
        TimestampName = "ts=",
        Content = SignedContent.Parse("{timestamp}:{body}"),
        Headers = [new("Paddle-Signature")],
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "paddle";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Paddle",
        Source = "developer.paddle.com, verify webhook signatures and handle webhook delivery, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryHorizon = TimeSpan.FromDays(3),
        SuccessCodes = [200],
    };

    public string SampleType => "transaction.completed";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => PaddleSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "event_id": {{Json.Text("evt_" + id)}},
          "event_type": {{Json.Text(type)}},
          "occurred_at": "{{at:yyyy-MM-ddTHH:mm:ss.ffffffZ}}",
          "notification_id": {{Json.Text("ntf_" + id)}},
          "data": { "id": "txn_01h8bxpvx398a7zbawb77y0kp5", "status": "completed", "currency_code": "EUR" }
        }
        """), "application/json");
}
