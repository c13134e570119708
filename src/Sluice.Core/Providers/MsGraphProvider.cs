using System.Globalization;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Microsoft Graph change notifications. Nothing is signed: each notification of a request shows the subscription's <c>clientState</c>,
/// which is the source's secret. A subscription's URL is validated by a POST with <c>validationToken</c>, echoed as plain text. A
/// request holds several notifications in <c>value</c>; one without an id is an event of its own whenever it arrives. (learn.microsoft.com, receive change notifications through webhooks, read 2026-11-22.)
/// </summary>
public sealed class MsGraphProvider : IProvider
{
    private const int LongestToken = 2048;

    private static readonly ClientStateScheme ClientState = new();

    public string Name => "msgraph";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Microsoft Graph",
        Source = "learn.microsoft.com, receive change notifications through webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.FromHours(4),
        Unconfirmed =
        [
            "The longest validationToken: more than 2048 characters are echoed to nobody.",
            "Whether Graph repeats a notification without an id in the same bytes: each arrival is an event of its own, so that a repeat makes one too many.",
            "validationTokens of notifications with resource data are not looked at.",
        ],
    };

    public string SampleType => "created";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => ClientState;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => default;

    public Answer? Greet(Envelope envelope, SourceSettings settings) =>
        envelope.Method == "POST" && Query.Single(envelope.Target, "validationToken") is { Length: > 0 and <= LongestToken } token
            // Its tokens are plain words; what could be markup is somebody else's and does not come back.
            && token.AsSpan().IndexOfAny('<', '>') < 0 && SafeText.IsPlain(token) ? Answer.Text(token) : null;

    public bool IsBatch(Envelope envelope) => true;

    // Most notifications have no id, and a thing that changes twice is told twice in the same bytes.
    public string? BatchId(Envelope envelope) => Items(envelope.Body)?.Any(item => item.Id is null) == true ? ArrivalId.Of(envelope) : null;

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) =>
        Items(batch.Body) is { } items ? [.. items.Select((item, i) => item.Id is null ? item with { Id = string.Create(CultureInfo.InvariantCulture, $"{batch.Id}-{i}") } : item)] : null;

    private static IReadOnlyList<BatchItem>? Items(ReadOnlyMemory<byte> body) =>
        JsonAt.Split(body, static item => new(JsonAt.Text(item, "id"), JsonAt.Text(item, "lifecycleEvent") ?? JsonAt.Text(item, "changeType")), "value");

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "value": [{
            "id": {{Json.Text(id)}},
            "subscriptionId": "7f105c7d-2dc5-4530-97cd-4e7ae6534c07",
            "subscriptionExpirationDateTime": "{{at.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}",
            "changeType": {{Json.Text(type)}},
            "clientState": "",
            "resource": "users/ddfcd489-628b-40d7-b48b-57002df800e5/messages/AAMkAGUwNjQ4ZjIxLTQ3Y2Yt",
            "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95"
          }]
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) =>
        Challenge.Ask("POST", url, ("validationToken", "Validation: Testing client application reachability for subscription Request-Id: 53b2a2c4-04b6-4b3c-9b8e-0f2b8a6d9b6f")) with { ContentType = "text/plain; charset=utf-8" };
}
