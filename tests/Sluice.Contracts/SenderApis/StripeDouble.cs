using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Contracts.SenderApis;

/// <summary>Stripe's <c>GET /v1/events</c> (docs.stripe.com, API reference, list all events, pagination, read 2026-11-22): newest first, at most a hundred, 30 days.</summary>
public sealed class StripeDouble(TimeProvider time, string token = "sk_test_of_the_double") : SenderDouble(time, token)
{
    private readonly List<StripeEvent> events = [];

    /// <summary>The event happened; whether it was delivered to every endpoint is told apart.</summary>
    public void Happened(string id, DateTimeOffset at, string type = "invoice.paid", bool isDelivered = false)
    {
        lock (events) events.Add(new(id, type, at, isDelivered));
    }

    /// <summary>An event as the API writes it.</summary>
    public static string Write(string id, string type, DateTimeOffset at) => $$"""
        {
              "id": "{{id}}",
              "object": "event",
              "api_version": "2026-10-29",
              "created": {{at.ToUnixTimeSeconds()}},
              "data": { "object": { "id": "in_{{id}}", "object": "invoice", "description": "Grüße, \"whole\"" } },
              "livemode": false,
              "pending_webhooks": 1,
              "type": "{{type}}"
            }
        """;

    protected override async Task AnswerAsync(HttpContext context)
    {
        if (!IsLetIn(context)) await SayAsync(context, 401, $$"""{ "error": { "type": "invalid_request_error", "message": "Invalid API Key provided: {{context.Request.Headers.Authorization}}" } }""");
        else if (context.Request is not { Method: "GET", Path.Value: "/v1/events" }) await SayAsync(context, 404, """{ "error": { "type": "invalid_request_error" } }""");
        else await ListAsync(context);
    }

    private async Task ListAsync(HttpContext context)
    {
        var limit = Number(context, "limit", 10);
        if (limit is < 1 or > 100)
        {
            await SayAsync(context, 400, """{ "error": { "param": "limit" } }""");
            return;
        }

        var (from, to) = (Seconds(context, "created[gte]") ?? DateTimeOffset.MinValue, Seconds(context, "created[lte]") ?? DateTimeOffset.MaxValue);
        StripeEvent[] found;
        lock (events) found = [.. events.Where(item => item.At >= from && item.At <= to && item.At >= Now.AddDays(-30) && (Query(context, "delivery_success") is not { } wanted || item.IsDelivered == bool.Parse(wanted))).OrderByDescending(item => item.At).ThenByDescending(item => item.Id, StringComparer.Ordinal)];
        if (Query(context, "starting_after") is { } after)
        {
            var at = Array.FindIndex(found, item => item.Id == after);
            if (at < 0)
            {
                await SayAsync(context, 400, """{ "error": { "param": "starting_after" } }""");
                return;
            }

            found = found[(at + 1)..];
        }

        var page = found.Take(limit).ToList();
        await SayAsync(context, 200, $$"""
            {
              "object": "list",
              "data": [
                {{string.Join(",\n    ", page.Select(item => Write(item.Id, item.Type, item.At)))}}
              ],
              "has_more": {{(found.Length > page.Count ? "true" : "false")}},
              "url": "/v1/events"
            }
            """);
    }

    private static DateTimeOffset? Seconds(HttpContext context, string name) =>
        Query(context, name) is { } text ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(text, CultureInfo.InvariantCulture)) : null;

    private sealed record StripeEvent(string Id, string Type, DateTimeOffset At, bool IsDelivered);
}
