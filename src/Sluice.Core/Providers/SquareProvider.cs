using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Square. <c>x-square-hmacsha256-signature</c>, HMAC-SHA256 in base64 over the notification URL and the body: the source needs <c>PublicUrl</c>,
/// exactly as the subscription has it. The older SHA-1 header is never looked at. Id and type are the body's <c>event_id</c> and
/// <c>type</c>. (developer.squareup.com, validate that the notification is from Square, read 2026-11-22.)
/// </summary>
public sealed class SquareProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("event_id"), new("type")];

    private static readonly HmacScheme SquareSignature = new()
    {
        Encoding = SignatureEncoding.Base64,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{url}{body}"),
        Headers = [new("x-square-hmacsha256-signature")],
    };

    public string Name => "square";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Square",
        Source = "developer.squareup.com, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromHours(72),
        // After the last of these every hour.
        RetryDelays = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(16), TimeSpan.FromMinutes(32), TimeSpan.FromHours(1)],
        RetryHeaders = [new("square-retry-number", "{n}")],
        Unconfirmed = ["how long it repeats: 48 hours in newer pages, 72 in older ones", "its deadline, which only older pages name", "the square-retry-* headers"],
    };

    public string SampleType => "payment.updated";

    public IReadOnlyList<string> Headers { get; } = ["square-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => SquareSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "merchant_id": "6SSW7HV8K2ST5",
          "type": {{Json.Text(type)}},
          "event_id": {{Json.Text(id)}},
          "created_at": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
          "data": { "type": "payment", "id": "hYy9pRFVxpDsO1FB05SunFWUe9JZY", "object": { "payment": { "amount_money": { "amount": 100, "currency": "EUR" } } } }
        }
        """), "application/json");
}
