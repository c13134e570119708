using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// PayPal. <c>paypal-transmission-sig</c>, RSA with SHA-256, base64, over <c>transmission id|time|webhook id|CRC-32 of the body</c>; the certificate
/// is at <c>paypal-cert-url</c>, which must be PayPal's. The webhook's own id is a setting, so that a signature for another webhook does not fit.
/// Id and type are the body's <c>id</c> and <c>event_type</c>. (developer.paypal.com, integrate webhooks, and the Verify webhook signature reference, read 2026-11-22.)
/// </summary>
public sealed class PayPalProvider(KeyClient? client = null, X509Certificate2Collection? roots = null) : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("event_type")];

    public string Name => "paypal";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "PayPal",
        Source = "developer.paypal.com, integrate webhooks, read 2026-11-22",
        RetryHorizon = TimeSpan.FromDays(3),
        Unconfirmed = ["how long it waits for an answer", "whether a repeat is signed anew: no age is judged unless Tolerance is set", "the exact name in its certificates: any below paypal.com that chains to a trusted root is taken"],
    };

    public string SampleType => "PAYMENT.CAPTURE.COMPLETED";

    public IReadOnlyList<string> Settings { get; } = ["WebhookId"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors)
    {
        var id = settings.Own.GetValueOrDefault("WebhookId") ?? "";
        if (id.Length is 0 or > 100 || !id.All(char.IsAsciiLetterOrDigit))
            errors.Add(id.Length == 0 ? "WebhookId: is missing; it is signed, so write the webhook's id as PayPal's dashboard shows it" : "WebhookId: is no id; write the webhook's id as PayPal's dashboard shows it: letters and digits");
        return new PayPalScheme(client ?? KeyClient.Shared, roots, id);
    }

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "id": {{Json.Text(id)}},
          "event_version": "1.0",
          "create_time": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
          "resource_type": "capture",
          "event_type": {{Json.Text(type)}},
          "summary": "Payment completed for $ 21.0 USD",
          "resource": { "id": "80F85758S3080410K", "status": "COMPLETED", "amount": { "currency_code": "USD", "value": "21.00" } }
        }
        """), "application/json");
}
