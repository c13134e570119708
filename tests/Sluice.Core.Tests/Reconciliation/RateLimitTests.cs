using System.Net;
using Sluice.Reconciliation;

namespace Sluice.Core.Tests.Reconciliation;

/// <summary>What GitHub, GitLab and Stripe say about when to ask again, and what nobody should say.</summary>
public sealed class RateLimitTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_772_366_400);

    [Theory]
    [InlineData(200, false, null)]
    [InlineData(200, false, null, "x-ratelimit-remaining: 1", "x-ratelimit-reset: 1772366500")]
    [InlineData(200, false, 100, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 1772366500")]
    [InlineData(200, false, null, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 1772366300")]
    [InlineData(200, false, 50, "RateLimit-Remaining: 0", "RateLimit-Reset: 1772366450")]
    [InlineData(200, false, null, "Retry-After: 30")]
    [InlineData(429, true, 60)]
    [InlineData(429, true, 30, "Retry-After: 30")]
    [InlineData(429, true, 1, "Retry-After: 0")]
    [InlineData(429, true, 60, "Retry-After: soon")]
    [InlineData(429, true, 60, "Retry-After: -5")]
    [InlineData(429, true, 86400, "Retry-After: 999999999")]
    [InlineData(429, true, 100, "Retry-After: Sun, 01 Mar 2026 12:01:40 GMT")]
    [InlineData(429, true, 1, "Retry-After: Sun, 01 Mar 2020 12:01:40 GMT")]
    [InlineData(503, true, 10, "Retry-After: 10")]
    [InlineData(503, false, null)]
    [InlineData(403, false, null)]
    [InlineData(403, false, null, "x-ratelimit-remaining: 12")]
    [InlineData(403, true, 20, "Retry-After: 20", "x-ratelimit-remaining: 12")]
    [InlineData(403, true, 100, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 1772366500")]
    [InlineData(403, true, 60, "x-ratelimit-remaining: 0", "x-ratelimit-reset: never")]
    [InlineData(403, true, 60, "x-ratelimit-remaining: 0")]
    [InlineData(403, true, 1, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 5")]
    [InlineData(403, true, 86400, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 99999999999")]
    [InlineData(403, true, 60, "x-ratelimit-remaining: 0", "x-ratelimit-reset: 99999999999999999")]
    [InlineData(401, false, null)]
    [InlineData(500, false, null)]
    public void The_next_request_waits_as_long_as_the_answer_says(int status, bool isLimited, int? seconds, params string[] headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var header in headers) response.Headers.TryAddWithoutValidation(header.Split(": ", 2)[0], header.Split(": ", 2)[1]);
        Assert.Equal(isLimited, RateLimit.IsLimited(response.StatusCode, response.Headers));
        Assert.Equal(seconds is { } wait ? Now.AddSeconds(wait) : null, RateLimit.NotBefore(response.StatusCode, response.Headers, Now));
    }
}
