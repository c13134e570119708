using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Shopify. <c>X-Shopify-Hmac-SHA256</c>, HMAC-SHA256 in base64 over the body, keyed with the app's client secret. Id and type are
/// <c>X-Shopify-Webhook-Id</c> and <c>X-Shopify-Topic</c>, neither signed. Its newer Events have the same headers without <c>X-</c>, and the type in
/// <c>topic</c> and <c>action</c> of the body. (shopify.dev, verify deliveries, of webhooks and of Events, read 2026-11-22.)
/// </summary>
public sealed class ShopifyProvider : IProvider
{
    private static readonly JsonFields.Place[] TopicAndAction = [new("topic"), new("action")];

    private static readonly HmacScheme ShopifySignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Shopify-Hmac-SHA256"), new("Shopify-Hmac-SHA256")],
    };

    public string Name => "shopify";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Shopify",
        Source = "shopify.dev, about webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryHorizon = TimeSpan.FromHours(4),
        Unconfirmed = ["Shopify Events, which are a developer preview: their names may change"],
    };

    public string SampleType => "orders/create";

    public IReadOnlyList<string> Headers { get; } = ["X-Shopify-*", "Shopify-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ShopifySignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        // The family whose signature was checked, chosen as the check chose it.
        if (!string.IsNullOrEmpty(envelope.Headers.First("X-Shopify-Hmac-SHA256"))) return new(envelope.Headers.Single("X-Shopify-Webhook-Id", out _), envelope.Headers.Single("X-Shopify-Topic", out _));
        var (topic, action) = JsonDescription.Read(envelope, TopicAndAction);
        topic ??= envelope.Headers.Single("Shopify-Topic", out _);
        return new(envelope.Headers.Single("Shopify-Webhook-Id", out _), topic is null || action is null ? topic : $"{topic}.{action}");
    }

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
