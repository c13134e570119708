using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Okta's event hooks. The header that the hook's <em>Authentication field</em> names (<c>Authorization</c> where <c>SignatureHeader</c>
/// says nothing) holds the <em>Authentication secret</em> as it is: nothing is signed. A hook is verified once by a GET with
/// <c>X-Okta-Verification-Challenge</c>, answered with <c>{"verification": ...}</c>. One request holds several events, each with
/// <c>uuid</c> and <c>eventType</c>. (developer.okta.com, event hooks, read 2026-11-22.)
/// </summary>
public sealed class OktaProvider : IProvider
{
    private const string Challenge = "X-Okta-Verification-Challenge";

    /// <summary>Okta's own challenges are some 40 characters; more than this is echoed to nobody.</summary>
    private const int LongestChallenge = 512;

    public string Name => "okta";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Okta",
        Source = "developer.okta.com, event hooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(3),
        Unconfirmed = ["Deadline of 3 s and a single retry on time-outs and 5xx.", "Whether the verifying GET carries the authentication header too: it is not asked for."],
    };

    public string SampleType => "user.lifecycle.create";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => TokenProvider.Of(settings, prefix: "");

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => new(JsonAt.Text(envelope.Body.Span, "eventId"), JsonAt.Text(envelope.Body.Span, "eventType"));

    public Answer? Greet(Envelope envelope, SourceSettings settings) =>
        envelope.Method == "GET" && envelope.Headers.Single(Challenge, out _) is { Length: > 0 and <= LongestChallenge } challenge
            ? Answer.Json($$"""{"verification":{{Json.Text(challenge)}}}""")
            : null;

    public bool IsBatch(Envelope envelope) => true;

    public IReadOnlyList<BatchItem>? Split(WebhookEvent batch) =>
        JsonAt.Split(batch.Body, static item => new(JsonAt.Text(item, "uuid"), JsonAt.Text(item, "eventType")), "data", "events");

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "eventType": "com.okta.event_hook",
          "eventTypeVersion": "1.0",
          "cloudEventsVersion": "0.1",
          "source": "https://example.okta.com/api/v1/eventHooks/who00000000000000000",
          "eventId": {{Json.Text(id)}},
          "data": { "events": [ { "uuid": {{Json.Text(id)}}, "published": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}", "eventType": {{Json.Text(type)}}, "version": "0", "severity": "INFO" } ] },
          "eventTime": "{{at:yyyy-MM-ddTHH:mm:ss.fffZ}}",
          "contentType": "application/json"
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) =>
        Providers.Challenge.Ask("GET", url).With(new KeyValuePair<string, string>(Challenge, "Ub5xZKYbGBCjGkTzLQkmwS9DWoK8zoQdFV8dMZyJ"));
}
