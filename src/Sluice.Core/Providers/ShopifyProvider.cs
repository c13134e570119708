using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Shopify. <c>X-Shopify-Hmac-SHA256</c>, HMAC-SHA256 in base64 over the body, keyed with the app's client secret. Id and type are
/// <c>X-Shopify-Webhook-Id</c> and <c>X-Shopify-Topic</c>, neither signed. (shopify.dev, verify deliveries, read 2026-11-22.)
/// </summary>
public sealed class ShopifyProvider : IProvider
{
    private static readonly HmacScheme ShopifySignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Shopify-Hmac-SHA256")],
    };

    public string Name => "shopify";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Shopify",
        Source = "shopify.dev, about webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryHorizon = TimeSpan.FromHours(4),
    };

    public string SampleType => "orders/create";

    public IReadOnlyList<string> Headers { get; } = ["X-Shopify-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ShopifySignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) =>
        new(envelope.Headers.Single("X-Shopify-Webhook-Id", out _), envelope.Headers.Single("X-Shopify-Topic", out _));

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "id": 820982911946154508,
          "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
          "email": "jon@example.com",
          "created_at": "{{at:yyyy-MM-ddTHH:mm:sszzz}}",
          "currency": "EUR",
          "total_price": "20.00"
        }
        """),
        "application/json",
        new("X-Shopify-Topic", type),
        new("X-Shopify-Webhook-Id", id),
        new("X-Shopify-Shop-Domain", "example.myshopify.com"),
        new("X-Shopify-API-Version", "2026-10"),
        new("X-Shopify-Triggered-At", at.ToString("yyyy-MM-ddTHH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture)));
}
