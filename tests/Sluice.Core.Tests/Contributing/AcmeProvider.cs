using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Acme. <c>X-Acme-Signature: sha256=...</c>, HMAC-SHA256 in hex over <c>timestamp.body</c>, five minutes of tolerance.
/// (acme.example, verifying webhooks, read 2026-11-22.)
/// </summary>
public sealed class AcmeProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("event_id"), new("event_type")];

    private static readonly HmacScheme AcmeSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{timestamp}.{body}"),
        Headers = [new("X-Acme-Signature", Timestamp: "X-Acme-Timestamp")],
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "acme";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Acme",
        Source = "acme.example, verifying webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromDays(1),
        Unconfirmed = ["Whether the day counts from the first attempt."],
    };

    public string SampleType => "order.created";

    public IReadOnlyList<string> Headers { get; } = ["X-Acme-Retry-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => AcmeSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        string?[] values = new string?[IdAndType.Length];
        return JsonFields.TryRead(envelope.Body.Span, IdAndType, values) ? new(values[0], values[1]) : default;
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        { "event_id": "{{id}}", "event_type": "{{type}}", "at": {{at.ToUnixTimeSeconds()}} }
        """), "application/json");
}
