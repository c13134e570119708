using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Stripe. <c>Stripe-Signature: t=...,v1=...</c>, HMAC-SHA256 in hex over <c>t.body</c>, 300 seconds of tolerance; the whole
/// <c>whsec_...</c> text is the key; several <c>v1</c> while a secret is rolled; <c>v0</c> is never looked at.
/// (docs.stripe.com/webhooks and stripe-dotnet's EventUtility, read 2026-11-22.)
/// </summary>
public sealed class StripeProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("type")];

    private static readonly HmacScheme StripeSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Pairs,
        Prefix = "v1=",
        Content = SignedContent.Parse("{timestamp}.{body}"),
        Headers = [new("Stripe-Signature")],
        Tolerance = TimeSpan.FromSeconds(300),
    };

    public string Name => "stripe";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Stripe",
        Source = "docs.stripe.com, receive Stripe events, read 2026-11-22",
        RetryHorizon = TimeSpan.FromDays(3),
    };

    public string SampleType => "payment_intent.succeeded";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => StripeSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "id": {{Json.Text("evt_" + id)}},
          "object": "event",
          "api_version": "2026-10-29",
          "created": {{at.ToUnixTimeSeconds()}},
          "data": {
            "object": {
              "id": {{Json.Text("obj_" + id)}},
              "object": {{Json.Text(type.Split('.')[0])}},
              "amount": 2000,
              "currency": "eur"
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "type": {{Json.Text(type)}}
        }
        """), "application/json; charset=utf-8");
}
