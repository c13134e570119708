using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Sluice.Reconciliation;

/// <summary>
/// What an answer says about when to ask again: <c>Retry-After</c> (RFC 9110), GitHub's <c>x-ratelimit-remaining</c> and <c>x-ratelimit-reset</c>, GitLab's
/// <c>RateLimit-Remaining</c> and <c>RateLimit-Reset</c>. (docs.github.com, rate limits for the REST API; docs.gitlab.com, rate limits; read 2026-11-22.)
/// </summary>
public static class RateLimit
{
    /// <summary>GitHub: "wait for at least one minute" where a limited answer does not say how long.</summary>
    private static readonly TimeSpan Unsaid = TimeSpan.FromMinutes(1);

    /// <summary>No sender means more than a day; what does is a mistake somewhere.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Whether the request was refused for having come too soon, not for what it was.</summary>
    public static bool IsLimited(HttpStatusCode status, HttpResponseHeaders headers) =>
        status == HttpStatusCode.TooManyRequests
        || (status is HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable && headers.Contains("Retry-After"))
        || (status == HttpStatusCode.Forbidden && Number(headers, "x-ratelimit-remaining") == 0);

    /// <summary>The moment before which nothing is to be asked; null when nothing stands in the way.</summary>
    public static DateTimeOffset? NotBefore(HttpStatusCode status, HttpResponseHeaders headers, DateTimeOffset now)
    {
        var isLimited = IsLimited(status, headers);
        DateTimeOffset? until = null;
        if (isLimited) until = RetryAfter(headers, now);
        if (until is null && (Number(headers, "x-ratelimit-remaining") == 0 || Number(headers, "RateLimit-Remaining") == 0)) until = Reset(headers, now);
        if (until is null && isLimited) until = now + Unsaid;
        if (until > now + Longest) return now + Longest;
        // A limited request is not repeated at once, whatever the moment that is said.
        return until > now ? until : isLimited ? now + TimeSpan.FromSeconds(1) : null;
    }

    private static DateTimeOffset? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.RetryAfter?.Date is { } date) return date;
        return headers.RetryAfter?.Delta is { } delta ? now + (delta < Longest ? delta : Longest) : null;
    }

    // A reset that makes no sense is none: a minute is what is waited then.
    private static DateTimeOffset Reset(HttpResponseHeaders headers, DateTimeOffset now) =>
        (Number(headers, "x-ratelimit-reset") ?? Number(headers, "RateLimit-Reset")) is { } seconds and >= 0 and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : now + Unsaid;

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
