using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>PayPal's webhook events (docs.paypal.ai, webhooks-events; developer.paypal.com, authentication; read 2026-11-22): signing in, listing between two moments, the next page by a link, resending.</summary>
public sealed class PayPalDouble(TimeProvider time, string client = "client-of-the-double", string secret = "secret-of-the-double") : SenderDouble(time, "A21AA-access-token-of-the-double")
{
    private const string Events = "/v1/notifications/webhooks-events";
    private readonly List<SentWebhook> webhooks = [];

    /// <summary>What was resent, and to which webhooks.</summary>
    public List<(string Event, string Webhooks)> Resent { get; } = [];

    public void Happened(SentWebhook webhook)
    {
        lock (webhooks) webhooks.Add(webhook);
    }

    protected override async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/v1/oauth2/token") await SignInAsync(context);
        else if (!IsLetIn(context)) await SayAsync(context, 401, """{ "error": "invalid_token" }""");
        else if (context.Request.Method == "GET" && path == Events) await ListAsync(context);
        else if (context.Request.Method == "POST" && path.StartsWith(Events + "/", StringComparison.Ordinal) && path.EndsWith("/resend", StringComparison.Ordinal)) await ResendAsync(context, path[(Events.Length + 1)..^"/resend".Length]);
        else await SayAsync(context, 404, """{ "name": "RESOURCE_NOT_FOUND" }""");
    }

    private async Task SignInAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var isKnown = context.Request.Headers.Authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{client}:{secret}"))}";
        if (isKnown && form["grant_type"] == "client_credentials") await SayAsync(context, 200, $$"""{ "scope": "https://uri.paypal.com/services/applications/webhooks", "access_token": "{{Token}}", "token_type": "Bearer", "expires_in": 32400 }""");
        else await SayAsync(context, 401, """{ "error": "invalid_client", "error_description": "Client Authentication failed" }""");
    }

    private async Task ListAsync(HttpContext context)
    {
        var (size, offset) = (Number(context, "page_size", 10), Number(context, "offset", 0));
        var (from, to) = (DateTimeOffset.Parse(Query(context, "start_time")!, CultureInfo.InvariantCulture), DateTimeOffset.Parse(Query(context, "end_time")!, CultureInfo.InvariantCulture));
        SentWebhook[] found;
        lock (webhooks) found = [.. webhooks.Where(item => item.At >= from && item.At <= to).Skip(offset)];
        var page = found.Take(Math.Min(size, 3)).ToList();
        var next = found.Length <= page.Count ? "" : $$""", { "href": "https://api.paypal.example{{Events}}?page_size={{size}}&start_time={{Query(context, "start_time")}}&end_time={{Query(context, "end_time")}}&offset={{offset + page.Count}}", "rel": "next", "method": "GET" }""";
        var events = page.Select(item => $$"""{ "id": "{{item.Id}}", "create_time": "{{Moment(item.At)}}", "resource_type": "capture", "event_type": "{{item.Type}}", "resource": {{item.Body}}, "links": [] }""");
        await SayAsync(context, 200, $$"""{ "events": [{{string.Join(',', events)}}], "count": {{page.Count}}, "links": [ { "href": "https://api.paypal.example{{Events}}", "rel": "self", "method": "GET" }{{next}} ] }""");
    }

    private async Task ResendAsync(HttpContext context, string id)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        lock (webhooks) Resent.Add((id, string.Join(',', body.RootElement.GetProperty("webhook_ids").EnumerateArray().Select(item => item.GetString()))));
        await SayAsync(context, 202, $$"""{ "id": "{{id}}" }""");
    }
}
