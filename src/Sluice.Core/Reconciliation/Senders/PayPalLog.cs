using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sluice.Configuration;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// PayPal: <c>GET /v1/notifications/webhooks-events</c> between two moments, the next page by its link, and <c>POST .../{id}/resend</c> to the source's own webhook;
/// signed in with a client id and its secret (<c>POST /v1/oauth2/token</c>). What PayPal is still sending by itself is not sent again by a resend.
/// (docs.paypal.ai, webhooks-events: list, resend; developer.paypal.com, authentication; read 2026-11-22. Unconfirmed: how far back the list goes, how
/// large a page may be, and what its limits are.)
/// </summary>
public sealed class PayPalLog : ISenderLog
{
    private const string Path = "v1/notifications/webhooks-events";
    private const int LongestToken = 4000;
    private const int LongestQuery = 2000;

    public string Provider => "paypal";

    public Uri ApiUrl { get; } = new("https://api-m.paypal.com");

    public TimeSpan Horizon => TimeSpan.FromDays(30);

    public bool IsWhole => false;

    public TimeSpan Pause => TimeSpan.FromSeconds(1.1);

    public IEnumerable<string> Check(ReconcileSettings settings)
    {
        if (settings.ClientId is null) yield return "ClientId: is missing; write the client id of the REST app that has the webhook, and its secret as Token";
        if (settings.Hook is not null) yield return "Hook: is set, and PayPal is asked by the source's WebhookId; remove it";
    }

    public async Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken)
    {
        api.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.ClientId}:{settings.Token}")));
        using var answer = await api.PostAsync("v1/oauth2/token", static () => new FormUrlEncodedContent([new("grant_type", "client_credentials")]), cancellationToken);
        api.Authorization = new AuthenticationHeaderValue("Bearer", SenderAnswer.Text(answer.Root, "access_token", LongestToken) ?? throw api.Unreadable());
    }

    public async Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken)
    {
        using var answer = await api.GetAsync($"{Path}?{cursor ?? $"page_size=100&start_time={query.Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&end_time={query.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"}", cancellationToken);
        if (answer.List("events") is not { } list) throw api.Unreadable();
        var (events, unreadable) = (new List<LoggedEvent>(), 0);
        foreach (var item in list)
        {
            if (SenderAnswer.Text(item, "id") is not { } id) unreadable++;
            else events.Add(new() { Key = id, Type = SenderAnswer.Text(item, "event_type") ?? Events.WebhookEvent.UnknownType, At = SenderAnswer.Moment(item, "create_time"), Handle = id });
        }

        return new(events, NextQuery(answer), unreadable);
    }

    public async Task AskAgainAsync(SenderApi api, SourceSettings source, LoggedEvent logged, CancellationToken cancellationToken)
    {
        var webhook = Providers.Json.Text(source.Own.GetValueOrDefault("WebhookId") ?? "");
        (await api.PostAsync($"{Path}/{Uri.EscapeDataString(logged.Handle)}/resend", () => new StringContent($$"""{"webhook_ids":[{{webhook}}]}""", Encoding.UTF8, "application/json"), cancellationToken)).Dispose();
    }

    // Its query only: where to ask is never the answer's to say.
    private static string? NextQuery(SenderAnswer answer)
    {
        foreach (var link in answer.List("links") ?? [])
        {
            if (SenderAnswer.Text(link, "rel") == "next" && SenderAnswer.Text(link, "href", LongestQuery) is { } href && href.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at) return href[(at + 1)..].Split('#')[0];
        }

        return null;
    }
}
