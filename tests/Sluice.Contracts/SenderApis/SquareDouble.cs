using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>Square's <c>POST /v2/events</c> (developer.squareup.com, search events, read 2026-11-22): at most a hundred, a cursor that belongs to its query, 28 days.</summary>
public sealed class SquareDouble(TimeProvider time, string token = "EAAA-of-the-double") : SenderDouble(time, token)
{
    private readonly List<SentWebhook> webhooks = [];

    public void Happened(SentWebhook webhook)
    {
        lock (webhooks) webhooks.Add(webhook);
    }

    /// <summary>An event as the API writes it.</summary>
    public static string Write(SentWebhook webhook) =>
        $$"""{"merchant_id":"6SSW7HV8K2ST5","type":"{{webhook.Type}}","event_id":"{{webhook.Id}}","created_at":"{{Moment(webhook.At)}}","data":{{webhook.Body}}}""";

    protected override async Task AnswerAsync(HttpContext context)
    {
        if (!IsLetIn(context)) await SayAsync(context, 401, """{ "errors": [ { "category": "AUTHENTICATION_ERROR", "code": "UNAUTHORIZED" } ] }""");
        else if (context.Request is not { Method: "POST", Path.Value: "/v2/events" }) await SayAsync(context, 404, """{ "errors": [ { "code": "NOT_FOUND" } ] }""");
        else await SearchAsync(context);
    }

    private async Task SearchAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var (limit, query) = (body.RootElement.GetProperty("limit").GetInt32(), body.RootElement.GetProperty("query"));
        var created = query.GetProperty("filter").GetProperty("created_at");
        var (from, to) = (created.GetProperty("start_at").GetDateTimeOffset(), created.GetProperty("end_at").GetDateTimeOffset());
        var skip = 0;
        if (body.RootElement.TryGetProperty("cursor", out var cursor))
        {
            var parts = cursor.GetString()!.Split('|');
            if (parts[1] != query.GetRawText())
            {
                await SayAsync(context, 400, """{ "errors": [ { "code": "INVALID_CURSOR" } ] }""");
                return;
            }

            skip = int.Parse(parts[0], CultureInfo.InvariantCulture);
        }

        SentWebhook[] found;
        lock (webhooks) found = [.. webhooks.Where(item => item.At >= from && item.At <= to && item.At >= Now.AddDays(-28)).Skip(skip)];
        var page = found.Take(Math.Min(limit, 100)).ToList();
        if (page.Count == 0) await SayAsync(context, 200, "{}");
        else await SayAsync(context, 200, $$"""{"events":[{{string.Join(',', page.Select(Write))}}],"metadata":[]{{(found.Length > page.Count ? $",\"cursor\":{JsonSerializer.Serialize($"{skip + page.Count}|{query.GetRawText()}")}" : "")}}}""");
    }
}
