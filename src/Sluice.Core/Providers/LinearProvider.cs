using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Linear. <c>Linear-Signature</c>, HMAC-SHA256 in hex over the body. The id is <c>Linear-Delivery</c>, which is not signed; the type is the body's
/// <c>type</c> and <c>action</c>. The body's <c>webhookTimestamp</c> is not judged. (linear.app/developers/webhooks, read 2026-11-22.)
/// </summary>
public sealed class LinearProvider : IProvider
{
    private static readonly JsonFields.Place[] ActionAndType = [new("action"), new("type")];

    private static readonly HmacScheme LinearSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Content = SignedContent.Parse("{body}"),
        Headers = [new("Linear-Signature")],
    };

    public string Name => "linear";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Linear",
        Source = "linear.app/developers, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(5),
        RetryHorizon = TimeSpan.FromHours(8),
        // developers.linear.app, webhooks, read 2026-11-22: at most three times, and only 200 is success.
        RetryDelays = [TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromHours(6)],
        SuccessCodes = [200],
        Unconfirmed = ["whether a repeated webhook has the webhookTimestamp of the first or of its own", "the repeats: after a minute, an hour and six hours, as others say"],
    };

    public string SampleType => "Issue.create";

    public IReadOnlyList<string> Headers { get; } = ["Linear-Delivery", "Linear-Event"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => LinearSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var (action, type) = JsonDescription.Read(envelope, ActionAndType);
        type ??= envelope.Headers.Single("Linear-Event", out _);
        return new(envelope.Headers.Single("Linear-Delivery", out _), type is null || action is null ? type : $"{type}.{action}");
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "action": {{Json.Text(type.Contains('.', StringComparison.Ordinal) ? type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..] : "create")}},
          "type": {{Json.Text(type.Split('.')[0])}},
          "createdAt": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
          "data": { "id": "2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9", "title": "A sample" },
          "url": "https://linear.app/issue/LIN-1",
          "webhookTimestamp": {{at.ToUnixTimeMilliseconds()}},
          "webhookId": "000042e3-d123-4980-b49f-8e140eef9329"
        }
        """),
        "application/json; charset=utf-8",
        new("Linear-Delivery", id),
        new("Linear-Event", type.Split('.')[0]),
        new("User-Agent", "Linear-Webhook"));
}
