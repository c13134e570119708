using Sluice.Contracts.Catalogue;
using Sluice.Events;
using Sluice.LocalHost.Captures;

namespace Sluice.Hosts.Tests.Captures;

/// <summary>A captured request is seen as the endpoint would have seen it.</summary>
public sealed class CapturedRequestTests
{
    [Theory]
    [InlineData("https://hooks.example.com/in", "/api/webhooks/it", "https://hooks.example.com/in")]
    [InlineData("https://hooks.example.com/in", "/api/webhooks/it?a=b&c", "https://hooks.example.com/in?a=b&c")]
    [InlineData("https://HOOKS.example.com:443/in/", "/x?", "https://HOOKS.example.com:443/in/?")]
    [InlineData("https://hooks.example.com/in?own=1", "/api/webhooks/it?a=b", "https://hooks.example.com/in?own=1")]
    public void The_url_is_the_public_one_with_the_query_that_was_sent(string publicUrl, string target, string url) =>
        Assert.Equal(url, Request(target).EnvelopeFor(CatalogueSource.Of("square", settings: ("PublicUrl", publicUrl)).Source, CatalogueSource.Now).Url);

    [Theory]
    [InlineData("/api/webhooks/docker/a-secret?x=y", "a-secret")]
    [InlineData("/API/webhooks/docker/a-secret", "a-secret")]
    [InlineData("/api/webhooks/docker", null)]
    [InlineData("/api/webhooks/docker/", "")]
    [InlineData("/in/docker/a-secret", "a-secret")]
    [InlineData("/in/docker/a/secret", "a/secret")]
    [InlineData("/elsewhere/a-secret", "a-secret")]
    [InlineData("/", null)]
    [InlineData("", null)]
    public void The_secret_of_a_path_stands_behind_the_source_s_name_or_the_public_path(string target, string? secret)
    {
        var docker = CatalogueSource.Of("dockerhub", settings: ("PublicUrl", "https://hooks.example.com/in/docker"));
        Assert.Equal(secret, Request(target).EnvelopeFor(docker.Source, CatalogueSource.Now).PathSecret);
        // A sender that signs has none, whatever its path is.
        Assert.Null(Request(target).EnvelopeFor(CatalogueSource.Of("github").Source, CatalogueSource.Now).PathSecret);
    }

    private static CapturedRequest Request(string target) => new() { Method = "POST", Target = target, Headers = HeaderList.Empty, Body = ReadOnlyMemory<byte>.Empty };
}
