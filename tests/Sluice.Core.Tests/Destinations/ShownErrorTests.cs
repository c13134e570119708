using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Destinations;

namespace Sluice.Core.Tests.Destinations;

/// <summary>What operators are told of an error holds no secret, no query and no path.</summary>
public sealed class ShownErrorTests
{
    private static readonly DestinationSettings Settings = new() { Name = "billing", Handler = "http", Headers = [new("Authorization", "Bearer s3cr3t-token"), new("X-Key", "another-secret")] };

    [Theory]
    [InlineData("no answer within 30 s", "no answer within 30 s")]
    [InlineData("Connection refused (billing.example:443)", "Connection refused (billing.example:443)")]
    [InlineData("HttpRequestException: https://user:pass@billing.example/hooks/T0/B0/xyz?token=abc is away", "HttpRequestException: https://billing.example is away")]
    [InlineData("posting to /hooks?token=abc failed", "posting to /hooks?... failed")]
    [InlineData("refused 'Bearer s3cr3t-token' and another-secret", "refused '...' and ...")]
    [InlineData("refused s3cr3t-token", "refused ...")]
    [InlineData("one\nline", "one?line")]
    public void An_error_is_shown_without_addresses_and_secrets(string reason, string shown) => Assert.Equal(shown, ShownError.Of(Outcome.Retry(reason), Settings));

    [Fact]
    public void Of_an_answer_only_the_status_is_shown() =>
        Assert.Equal("answered 500", ShownError.Of(Outcome.Retry("answered 500: your token s3cr3t-token is wrong") with { StatusCode = 500 }, Settings));
}
