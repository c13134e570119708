using System.Buffers;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Slack's Events API. <c>X-Slack-Signature: v0=...</c>, HMAC-SHA256 in hex over <c>v0:timestamp:body</c>, five minutes of tolerance.
/// <c>url_verification</c> is signed too and answered with its challenge. (docs.slack.dev, verifying requests from Slack, read 2026-11-22.)
/// </summary>
public sealed class SlackProvider : IProvider
{
    /// <summary>Slack's own challenges are some 60 characters; more than this is echoed to nobody.</summary>
    private const int LongestChallenge = 512;

    // Letters and signs, no markup and nothing that ends a line: it goes back to whoever knows the secret, and to nobody's browser.
    private static readonly SearchValues<char> Echoed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/= ");

    private static readonly JsonFields.Place[] Places = [new("event_id"), new("type"), new("event/type"), new("challenge")];

    private static readonly HmacScheme SlackSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "v0=",
        Content = SignedContent.Parse("v0:{timestamp}:{body}"),
        Headers = [new("X-Slack-Signature", Timestamp: "X-Slack-Request-Timestamp")],
        Tolerance = TimeSpan.FromMinutes(5),
    };

    public string Name => "slack";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Slack",
        Source = "docs.slack.dev, Events API, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(3),
        RetryHorizon = TimeSpan.FromMinutes(6),
        RetryDelays = [TimeSpan.FromSeconds(0), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)],
        RetryHeaders = [new("X-Slack-Retry-Num", "{n}"), new("X-Slack-Retry-Reason", "http_timeout")],
    };

    public string SampleType => "app_mention";

    public IReadOnlyList<string> Headers { get; } = ["X-Slack-Retry-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => SlackSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        string?[] values = new string?[Places.Length];
        return JsonFields.TryRead(envelope.Body.Span, Places, values) ? new(values[0], values[2] ?? values[1]) : default;
    }

    public Answer? Handshake(Envelope envelope, SourceSettings settings)
    {
        if (!envelope.Body.Span.StartsWith("{"u8) || envelope.Body.Span.IndexOf("url_verification"u8) < 0) return null;
        string?[] values = new string?[Places.Length];
        return JsonFields.TryRead(envelope.Body.Span, Places, values) && values[1] == "url_verification" && values[3] is { Length: <= LongestChallenge } challenge && !challenge.AsSpan().ContainsAnyExcept(Echoed)
            ? new Answer(200, "text/plain", Encoding.UTF8.GetBytes(challenge))
            : null;
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "token": "unused",
          "team_id": "T0000000001",
          "api_app_id": "A0000000001",
          "event": { "type": {{Json.Text(type)}}, "user": "U0000000001", "text": "Hello", "ts": "{{at.ToUnixTimeSeconds()}}.000100", "channel": "C0000000001" },
          "type": "event_callback",
          "event_id": {{Json.Text("Ev" + id)}},
          "event_time": {{at.ToUnixTimeSeconds()}}
        }
        """), "application/json");

    public SentRequest? CreateHandshake(Uri url, SourceSettings settings) => new()
    {
        Url = url,
        Body = """{"token":"unused","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}"""u8.ToArray(),
        ContentType = "application/json",
    };
}
