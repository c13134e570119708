using System.Net;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// GitHub. <c>X-Hub-Signature-256: sha256=...</c>, HMAC-SHA256 in hex over the body; the older SHA-1 header is never looked at.
/// The id is <c>X-GitHub-Delivery</c>, which a redelivery repeats and which is not signed; the type is <c>X-GitHub-Event</c>
/// and the body's <c>action</c>. A hook that sends forms has the JSON in <c>payload</c>; the bytes stay as they are. (docs.github.com, validating webhook deliveries, read 2026-11-22.)
/// </summary>
public sealed class GitHubProvider : IProvider
{
    private static readonly JsonFields.Place[] Action = [new("action")];

    private static readonly HmacScheme HubSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Hub-Signature-256")],
    };

    public string Name => "github";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "GitHub",
        Source = "docs.github.com, best practices for using webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.Zero,
        RetryDelays = [],
    };

    public string SampleType => "issues.opened";

    public IReadOnlyList<string> Headers { get; } = ["X-GitHub-*"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => HubSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var type = envelope.Headers.Single("X-GitHub-Event", out _);
        var action = ReadAction(envelope.Body);
        return new(envelope.Headers.Single("X-GitHub-Delivery", out _), type is null || action is null ? type : $"{type}.{action}");
    }

    private static string? ReadAction(ReadOnlyMemory<byte> body)
    {
        var form = "payload="u8;
        string?[] found = new string?[1];
        ReadOnlySpan<byte> json = body.Span;
        if (json.StartsWith(form))
        {
            var field = json[form.Length..];
            if (field.IndexOf((byte)'&') is >= 0 and var end) field = field[..end];
            json = WebUtility.UrlDecodeToBytes(field.ToArray(), 0, field.Length);
        }

        return JsonFields.TryRead(json, Action, found) ? found[0] : null;
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at)
    {
        var dot = type.IndexOf('.', StringComparison.Ordinal);
        var action = dot < 0 ? "" : $"\n  \"action\": {Json.Text(type[(dot + 1)..])},";
        return new(Encoding.UTF8.GetBytes($$"""
            {{{action}}
              "sender": { "login": "octocat", "id": 1 },
              "repository": { "id": 1296269, "full_name": "octocat/Hello-World" },
              "created_at": "{{at:yyyy-MM-ddTHH:mm:ssZ}}"
            }
            """),
            "application/json",
            new("X-GitHub-Event", dot < 0 ? type : type[..dot]),
            new("X-GitHub-Delivery", id),
            new("X-GitHub-Hook-ID", "1"),
            new("User-Agent", "GitHub-Hookshot/0000000"));
    }
}
