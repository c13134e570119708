using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Strava. Nothing is signed, so the secret is in the URL; an event only says what changed, and is fetched. A subscription is verified
/// by a GET with <c>hub.verify_token</c>, answered with <c>{"hub.challenge": ...}</c>. There is no id: the same
/// bytes are the same event. Success is 200 and nothing else. (developers.strava.com, webhooks, read 2026-11-22.)
/// </summary>
public sealed class StravaProvider : IProvider
{
    private const int LongestChallenge = 512;

    private static readonly PathSecretScheme InPath = new();

    public string Name => "strava";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Strava",
        Source = "developers.strava.com, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(2),
        SuccessCodes = [200],
        Unconfirmed = ["Retries: three attempts in all, a few minutes apart.", "That a repeat has the same bytes: if it has not, it is another event here."],
    };

    public string SampleType => "activity.create";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => InPath;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var body = envelope.Body.Span;
        var (thing, aspect) = (JsonAt.Text(body, "object_type"), JsonAt.Text(body, "aspect_type"));
        // Object, aspect and second are no id: of one activity the title and the visibility may change within one second.
        return new(null, thing is null || aspect is null ? aspect : $"{thing}.{aspect}");
    }

    public Answer? Greet(Envelope envelope, SourceSettings settings) =>
        envelope.Method == "GET"
        && Query.Single(envelope.Target, "hub.mode") == "subscribe"
        && SharedSecret.AreSame(Query.Single(envelope.Target, "hub.verify_token"), settings.VerifyToken)
        && Query.Single(envelope.Target, "hub.challenge") is { Length: > 0 and <= LongestChallenge } challenge
            ? Answer.Json($$"""{"hub.challenge":{{Json.Text(challenge)}}}""")
            : null;

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "aspect_type": {{Json.Text(type[(type.IndexOf('.', StringComparison.Ordinal) + 1)..])}},
          "event_time": {{at.ToUnixTimeSeconds()}},
          "object_id": {{Json.Number(id)}},
          "object_type": {{Json.Text(type.Split('.')[0])}},
          "owner_id": 134815,
          "subscription_id": 120475,
          "updates": {}
        }
        """), "application/json");

    // Asked at the URL it was given, its secret included.
    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) =>
        Challenge.Ask("GET", url, ("hub.verify_token", settings.VerifyToken ?? ""), ("hub.challenge", "15f7d1a91c1f40f8a748fd134752feb3"), ("hub.mode", "subscribe")) with { IsSigned = true };
}
