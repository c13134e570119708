using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Standard Webhooks 1.0, and the <c>svix-*</c> names of the same headers. <c>webhook-signature: v1,... v1,...</c>, HMAC-SHA256 in
/// base64 over <c>id.timestamp.body</c>, keyed with the decoded <c>whsec_...</c>; five minutes of tolerance. With <c>PublicKeys</c>
/// (<c>whpk_...</c>) the Ed25519 signatures under <c>v1a,</c> count: alone, or beside the others where there are <c>Secrets</c> too.
/// (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md at b2fa7b8, read 2026-11-22.)
/// </summary>
public sealed class StandardWebhooksProvider : IProvider
{
    private static readonly JsonFields.Place[] Type = [new("id"), new("type")];

    private static readonly HmacScheme StandardSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.List,
        Prefix = "v1,",
        Content = SignedContent.Parse("{id}.{timestamp}.{body}"),
        Headers = [new("webhook-signature", "webhook-timestamp", "webhook-id"), new("svix-signature", "svix-timestamp", "svix-id")],
        Tolerance = TimeSpan.FromMinutes(5),
        Key = KeyFormat.Whsec,
    };

    private static readonly Ed25519Scheme AsymmetricSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.List,
        Prefix = "v1a,",
        Content = StandardSignature.Content,
        Headers = StandardSignature.Headers,
        Tolerance = StandardSignature.Tolerance,
    };

    public string Name => "standard-webhooks";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Standard Webhooks",
        Source = "github.com/standard-webhooks/standard-webhooks, spec at b2fa7b8, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(15),
        RetryHorizon = TimeSpan.FromHours(75),
        // The example of the specification.
        RetryDelays = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24)],
    };

    public string SampleType => "contact.created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) =>
        settings.PublicKeys.Count == 0 ? StandardSignature
        : settings.Secrets.Count == 0 ? AsymmetricSignature
        : new EitherScheme(StandardSignature, AsymmetricSignature);

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        // Only the id that was signed counts: the set whose signature header is present, chosen as the check chose it.
        var branded = string.IsNullOrEmpty(envelope.Headers.First("webhook-signature"));
        return new(envelope.Headers.Single(branded ? "svix-id" : "webhook-id", out _), JsonDescription.Read(envelope, Type).Type);
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "type": {{Json.Text(type)}},
          "timestamp": "{{at:yyyy-MM-ddTHH:mm:ssZ}}",
          "data": { "id": "1f81eb52-5198-4599-803e-771906343485", "name": "Jane Doe" }
        }
        """), "application/json");
}
