using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// CircleCI's outbound webhooks. <c>circleci-signature: v1=...</c>, a list by commas, HMAC-SHA256 in hex over the body; only <c>v1</c> is
/// looked at. Id and type are the body's <c>id</c> and <c>type</c>. (circleci.com/docs, validate webhooks; read 2026-11-22.)
/// </summary>
public sealed class CircleCIProvider : IProvider
{
    private static readonly JsonFields.Place[] IdAndType = [new("id"), new("type")];

    private static readonly HmacScheme CircleSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Pairs,
        Prefix = "v1=",
        TimestampName = null,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("circleci-signature")],
    };

    public string Name => "circleci";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "CircleCI",
        Source = "circleci.com/docs, outbound webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        Unconfirmed = ["how often and how long a failed webhook is repeated"],
    };

    public string SampleType => "workflow-completed";

    public IReadOnlyList<string> Headers { get; } = ["circleci-event-type"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => CircleSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => JsonDescription.Read(envelope, IdAndType);

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "id": {{Json.Text(id)}},
          "type": {{Json.Text(type)}},
          "happened_at": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
          "webhook": { "id": "cf8c4fdd-0587-4da1-b4ca-4846e9640af9", "name": "Sample Webhook" },
          "workflow": { "id": "fda08377-fe7e-46b1-8992-3a7aaecac9c3", "name": "build-test-deploy", "status": "success" }
        }
        """),
        "application/json",
        new("circleci-event-type", type),
        new("User-Agent", "CircleCI-Webhook/1.0"));
}
