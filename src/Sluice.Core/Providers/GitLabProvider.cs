using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// GitLab. <c>X-Gitlab-Token</c> is the secret token itself: nothing is signed. The id is <c>Idempotency-Key</c>, which a retry or a
/// resend repeats. Where an older GitLab sends none it is <c>X-Gitlab-Event-UUID</c> with the hash of the bytes, since webhooks that
/// set each other off share one UUID. The type is <c>X-Gitlab-Event</c>. (docs.gitlab.com, webhooks, read 2026-11-22.)
/// </summary>
public sealed class GitLabProvider : IProvider
{
    private static readonly TokenScheme Token = new() { Header = "X-Gitlab-Token" };

    public string Name => "gitlab";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "GitLab",
        Source = "docs.gitlab.com, webhooks, read 2026-11-22",
        Deadline = TimeSpan.FromSeconds(10),
        RetryHorizon = TimeSpan.Zero,
        RetryDelays = [],
        Unconfirmed = ["Signing tokens (HMAC) of newer versions: this provider looks at the secret token only; where a webhook has a signing token, describe its headers as standard-webhooks or hmac."],
    };

    public string SampleType => "Push Hook";

    public IReadOnlyList<string> Headers { get; } = ["X-Gitlab-*", "Idempotency-Key"];

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => Token;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var id = envelope.Headers.Single("Idempotency-Key", out _);
        if (string.IsNullOrEmpty(id) && envelope.Headers.Single("X-Gitlab-Event-UUID", out _) is { Length: > 0 } uuid)
            id = $"{uuid}:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(envelope.Body.Span))}";
        return new(id, envelope.Headers.Single("X-Gitlab-Event", out _));
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "object_kind": {{Json.Text(type.Split(' ')[0].ToLowerInvariant())}},
          "ref": "refs/heads/main",
          "user_username": "jdoe",
          "project": { "id": 15, "path_with_namespace": "example/project" },
          "created_at": "{{at:yyyy-MM-ddTHH:mm:ssZ}}"
        }
        """),
        "application/json",
        new("X-Gitlab-Event", type),
        new("Idempotency-Key", id),
        new("X-Gitlab-Event-UUID", id),
        new("X-Gitlab-Instance", "https://gitlab.example"));
}
