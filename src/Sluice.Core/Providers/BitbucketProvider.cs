using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Bitbucket, Cloud and Data Center. <c>X-Hub-Signature: sha256=...</c>, HMAC-SHA256 in hex over the body. Id and type are
/// <c>X-Request-UUID</c> (Data Center: <c>X-Request-Id</c>) and <c>X-Event-Key</c>, neither signed. (support.atlassian.com, Bitbucket
/// Cloud event payloads and manage webhooks, read 2026-11-22.)
/// </summary>
public sealed class BitbucketProvider : IProvider
{
    private static readonly HmacScheme HubSignature = new()
    {
        Encoding = SignatureEncoding.HexLower,
        Form = SignatureForm.Single,
        Prefix = "sha256=",
        Content = SignedContent.Parse("{body}"),
        Headers = [new("X-Hub-Signature")],
    };

    public string Name => "bitbucket";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Bitbucket",
        Source = "support.atlassian.com, Bitbucket Cloud event payloads, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        Unconfirmed = ["its deadline and how long it repeats", "that a repeat has the X-Request-UUID of the first"],
    };

    public string SampleType => "repo:push";

    public IReadOnlyList<string> Headers { get; } = ["X-Event-Key", "X-Request-UUID", "X-Request-Id", "X-Hook-UUID", "X-Attempt-Number"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => HubSignature;

    public EventDescription Describe(Envelope envelope, SourceSettings settings) => new(
        envelope.Headers.Single("X-Request-UUID", out _) ?? envelope.Headers.Single("X-Request-Id", out _),
        envelope.Headers.Single("X-Event-Key", out _));

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "actor": { "type": "user", "display_name": "Jane Doe" },
          "repository": { "type": "repository", "full_name": "example/hello", "uuid": "{c4a6f8a0-0000-4000-8000-000000000001}" },
          "push": { "changes": [{ "new": { "type": "branch", "name": "main" }, "closed": false, "created": false }] },
          "date": "{{at:yyyy-MM-ddTHH:mm:ssZ}}"
        }
        """),
        "application/json",
        new("X-Event-Key", type),
        new("X-Request-UUID", id),
        new("X-Hook-UUID", "7f0a4c8e-0000-4000-8000-000000000001"),
        new("X-Attempt-Number", "1"),
        new("User-Agent", "Bitbucket-Webhooks/2.0"));
}
