using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>GitLab's events of a project webhook (docs.gitlab.com, project webhooks API, read 2026-11-22): at most twenty a page, an entry for each try, five resends a minute.</summary>
public sealed class GitLabDouble(TimeProvider time, string token = "glpat-of-the-double") : SenderDouble(time, token)
{
    private const string Hook = "/projects/group%2Fproject/hooks/7/events";
    private readonly List<(long Id, SentWebhook Webhook, DateTimeOffset At, int Status)> tries = [];
    private readonly List<DateTimeOffset> resends = [];

    /// <summary>What a source writes as its Hook.</summary>
    public static string HookSetting => "projects/group%2Fproject/hooks/7";

    /// <summary>Sends a webhook again with its token, and says what it was answered.</summary>
    public Func<SentWebhook, Task<int>> SendAsync { get; set; } = static _ => Task.FromResult(200);

    public void Sent(SentWebhook webhook, int status)
    {
        lock (tries) tries.Insert(0, (tries.Count + 1, webhook, webhook.At, status));
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        var path = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget.Split('?')[0];
        if (!IsLetIn(context)) await SayAsync(context, 401, """{ "message": "401 Unauthorized" }""");
        else if (context.Request.Method == "GET" && path == Hook) await ListAsync(context);
        else if (context.Request.Method == "POST" && path.StartsWith(Hook + "/", StringComparison.Ordinal) && path.EndsWith("/resend", StringComparison.Ordinal)) await ResendAsync(context, long.Parse(path[(Hook.Length + 1)..^"/resend".Length], CultureInfo.InvariantCulture));
        else await SayAsync(context, 404, """{ "message": "404 Not Found" }""");
    }

    private async Task ListAsync(HttpContext context)
    {
        if (Number(context, "per_page", 20) > 20)
        {
            await SayAsync(context, 400, """{ "error": "per_page does not have a valid value" }""");
            return;
        }

        string[] page;
        lock (tries) page = [.. tries.Skip((Number(context, "page", 1) - 1) * 20).Take(20).Select(item => Write(item.Id, item.Webhook, item.At, item.Status))];
        await SayAsync(context, 200, $"[{string.Join(',', page)}]");
    }

    private async Task ResendAsync(HttpContext context, long id)
    {
        SentWebhook webhook;
        lock (tries)
        {
            resends.RemoveAll(at => at <= Now.AddMinutes(-1));
            if (resends.Count >= 5)
            {
                context.Response.StatusCode = 429;
                return;
            }

            resends.Add(Now);
            webhook = tries.First(item => item.Id == id).Webhook;
        }

        var status = await SendAsync(webhook);
        lock (tries) tries.Insert(0, (tries.Count + 1, webhook, Now, status));
        await SayAsync(context, 201, $$"""{ "response_status": {{status}} }""");
    }

    private static string Write(long id, SentWebhook webhook, DateTimeOffset at, int status) => $$"""
        { "id": {{id}}, "url": "https://hooks.example/api/webhooks/gitlab", "trigger": "push_hooks",
          "request_headers": { "Content-Type": "application/json", "Idempotency-Key": "{{webhook.Id}}", "X-Gitlab-Event": "{{webhook.Type}}", "X-Gitlab-Token": "[REDACTED]" },
          "request_data": {{webhook.Body}}, "response_headers": { "Date": "{{at:R}}" }, "response_body": "", "execution_duration": 1.09, "response_status": "{{status}}" }
        """;
}
