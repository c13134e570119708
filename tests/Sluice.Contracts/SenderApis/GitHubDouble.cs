using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>
/// GitHub's webhook deliveries (docs.github.com, REST API endpoints for repository webhooks; rate limits; read 2026-11-22): newest first, pages by the <c>Link</c> header, an
/// entry for each try, redelivery for three days, so many requests until a moment.
/// </summary>
public sealed partial class GitHubDouble(TimeProvider time, string hook = "repos/octocat/hello-world/hooks/42", string token = "ghp_of_the_double") : SenderDouble(time, token)
{
    private readonly List<Try> tries = [];
    private readonly Dictionary<string, SentWebhook> webhooks = [];
    private long id = 9_000_000_000_000;

    /// <summary>Sends a webhook again, signed, and says what it was answered.</summary>
    public Func<SentWebhook, Task<int>> SendAsync { get; set; } = static _ => Task.FromResult(0);

    /// <summary>How many requests are allowed until <see cref="Reset"/>.</summary>
    public int Remaining { get; set; } = 5000;

    public DateTimeOffset Reset { get; set; } = time.GetUtcNow().AddHours(1);

    /// <summary>The key that an App's token has to be signed with; null where a plain token is shown.</summary>
    public RSA? AppKey { get; set; }

    /// <summary>How often each webhook was sent, the first time included.</summary>
    public int TriesOf(string guid)
    {
        lock (tries) return tries.Count(item => item.Guid == guid);
    }

    /// <summary>It happened, and was sent once.</summary>
    /// <param name="status">What was answered; 0: nobody was there.</param>
    public void Sent(SentWebhook webhook, int status = 0)
    {
        lock (tries)
        {
            webhooks[webhook.Id] = webhook;
            tries.Insert(0, new(id += 7, webhook.Id, webhook.Type, webhook.At, status, false));
        }
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        if (string.IsNullOrEmpty(context.Request.Headers.UserAgent))
        {
            await SayAsync(context, 403, """{ "message": "Request forbidden by administrative rules." }""");
            return;
        }

        if (Now >= Reset) (Remaining, Reset) = (5000, Now.AddHours(1));
        var isLimited = Remaining == 0;
        if (!isLimited) Remaining--;
        context.Response.Headers["x-ratelimit-remaining"] = Remaining.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["x-ratelimit-reset"] = Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (isLimited) await SayAsync(context, 403, """{ "message": "API rate limit exceeded" }""");
        else if (!(AppKey is null ? IsLetIn(context) : IsApp(context, AppKey))) await SayAsync(context, 401, $$"""{ "message": "Bad credentials {{context.Request.Headers.Authorization}}" }""");
        else if (context.Request.Method == "GET" && context.Request.Path == $"/{PathOf}") await ListAsync(context);
        else if (context.Request.Method == "POST" && Attempts().Match(context.Request.Path.Value!) is { Success: true } match && match.Groups[1].Value == PathOf) await RedeliverAsync(context, long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
        else await SayAsync(context, 404, """{ "message": "Not Found" }""");
    }

    private string PathOf => hook == "app" ? "app/hook/deliveries" : $"{hook}/deliveries";

    private async Task ListAsync(HttpContext context)
    {
        var size = Math.Min(Number(context, "per_page", 30), 100);
        Try[] found;
        lock (tries) found = [.. tries.SkipWhile(item => Query(context, "cursor") is { } cursor && $"v1_{item.Id}" != cursor)];
        if (found.Length > size) context.Response.Headers.Link = $"<https://api.github.example/{PathOf}?per_page={size}&cursor=v1_{found[size].Id}>; rel=\"next\", <https://api.github.example/x>; rel=\"first\"";
        await SayAsync(context, 200, $"[{string.Join(',', found.Take(size).Select(Write))}]");
    }

    private async Task RedeliverAsync(HttpContext context, long wanted)
    {
        Try? item;
        lock (tries) item = tries.Find(item => item.Id == wanted);
        if (item is null)
        {
            await SayAsync(context, 404, """{ "message": "Not Found" }""");
            return;
        }

        if (item.At < Now.AddDays(-3))
        {
            await SayAsync(context, 422, """{ "message": "Validation failed" }""");
            return;
        }

        await SayAsync(context, 202, "{}");
        var status = await SendAsync(webhooks[item.Guid]);
        lock (tries) tries.Insert(0, new(id += 7, item.Guid, item.Type, Now, status, true));
    }

    private static string Write(Try item)
    {
        var (type, action) = item.Type.Split('.') is [var first, var second] ? (first, $"\"{second}\"") : (item.Type, "null");
        var status = item.Status is >= 200 and < 300 ? "OK" : item.Status == 0 ? "failed to connect" : "Invalid HTTP Response: " + item.Status.ToString(CultureInfo.InvariantCulture);
        return $$"""{ "id": {{item.Id}}, "guid": "{{item.Guid}}", "delivered_at": "{{Moment(item.At)}}", "redelivery": {{(item.IsRedelivery ? "true" : "false")}}, "duration": 0.27, "status": "{{status}}", "status_code": {{item.Status}}, "event": "{{type}}", "action": {{action}}, "installation_id": null, "repository_id": 456, "throttled_at": null }""";
    }

    private bool IsApp(HttpContext context, RSA key)
    {
        var parts = context.Request.Headers.Authorization.ToString()["Bearer ".Length..].Split('.');
        if (parts.Length != 3 || !key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), System.Buffers.Text.Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return false;
        using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        var (from, to) = (claims.RootElement.GetProperty("iat").GetInt64(), claims.RootElement.GetProperty("exp").GetInt64());
        return claims.RootElement.GetProperty("iss").GetString() == Token && from <= Now.ToUnixTimeSeconds() && to > Now.ToUnixTimeSeconds() && to - from <= 600;
    }

    [GeneratedRegex(@"\A/(.+/deliveries)/([0-9]+)/attempts\z")]
    private static partial Regex Attempts();

    private sealed record Try(long Id, string Guid, string Type, DateTimeOffset At, int Status, bool IsRedelivery);
}
