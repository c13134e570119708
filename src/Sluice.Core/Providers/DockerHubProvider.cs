using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Docker Hub. Nothing is signed, so the secret is in the URL. There is no id: it is made of repository, tag and time of the push.
/// The body's <c>callback_url</c> is never called. (docs.docker.com, Docker Hub webhooks, read 2026-11-22.)
/// </summary>
public sealed class DockerHubProvider : IProvider
{
    private static readonly PathSecretScheme InPath = new();

    public string Name => "dockerhub";

    public ProviderFacts Facts { get; } = new()
    {
        Title = "Docker Hub",
        Source = "docs.docker.com, Docker Hub webhooks, read 2026-11-22",
        Unconfirmed = ["Deadline and retries: Docker Hub does not say.", "That a webhook's URL may have at most 255 characters."],
    };

    public string SampleType => "push";

    public SignatureScheme Scheme(SourceSettings settings, ICollection<string> errors) => InPath;

    public EventDescription Describe(Envelope envelope, SourceSettings settings)
    {
        var body = envelope.Body.Span;
        return new(JsonDescription.IdOf(JsonAt.Text(body, "repository", "repo_name"), JsonAt.Text(body, "push_data", "tag"), JsonAt.Text(body, "push_data", "pushed_at")), "push");
    }

    public Sample CreateSample(string type, string id, DateTimeOffset at) => new(Encoding.UTF8.GetBytes($$"""
        {
          "push_data": { "pushed_at": {{at.ToUnixTimeSeconds()}}, "pusher": "jdoe", "tag": {{Json.Text(id)}} },
          "repository": { "repo_name": "example/app", "name": "app", "namespace": "example", "is_private": true }
        }
        """), "application/json");
}
