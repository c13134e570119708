using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Sluice.Configuration;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// Stripe: <c>GET /v1/events</c>, a hundred a page, newest first, 30 days, each event whole and in the API version of the day it was made. The list has every event of
/// the account, whatever the endpoint asked for. So the settings name the types; where they name none, only those are looked at that Stripe itself has
/// tried to deliver and not succeeded with everywhere (<c>delivery_success=false</c>). Stripe has no request for redelivery by API.
/// (docs.stripe.com, API reference, list all events and pagination; rate limits; read 2026-11-22.)
/// </summary>
public sealed class StripeLog : ISenderLog
{
    public string Provider => "stripe";

    public Uri ApiUrl { get; } = new("https://api.stripe.com");

    public TimeSpan Horizon => TimeSpan.FromDays(30);

    public bool IsWhole => true;

    public TimeSpan Pause => TimeSpan.Zero;

    public IEnumerable<string> Check(ReconcileSettings settings)
    {
        if (settings.Hook is not null) yield return "Hook: is set, and Stripe's list is the account's; remove it, and name the endpoint's types with Types";
        if (settings.ClientId is not null) yield return "ClientId: is set, and Stripe asks for none; remove it";
    }

    public Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken)
    {
        api.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        return Task.CompletedTask;
    }

    public async Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken)
    {
        var undelivered = query.Settings.Types is null ? "&delivery_success=false" : "";
        var after = cursor is null ? "" : $"&starting_after={Uri.EscapeDataString(cursor)}";
        using var answer = await api.GetAsync(string.Create(CultureInfo.InvariantCulture, $"v1/events?limit=100&created%5Bgte%5D={query.Since.ToUnixTimeSeconds()}&created%5Blte%5D={query.Until.ToUnixTimeSeconds()}{undelivered}{after}"), cancellationToken);
        if (answer.List("data") is not { } list) throw api.Unreadable();
        var (events, unreadable) = (new List<LoggedEvent>(), 0);
        string? last = null;
        foreach (var item in list)
        {
            last = SenderAnswer.Text(item, "id");
            if (last is null) unreadable++;
            else events.Add(new() { Key = last, Type = SenderAnswer.Text(item, "type") ?? Events.WebhookEvent.UnknownType, At = At(item), Body = answer.Slice(item) });
        }

        return new(events, answer.Root.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True ? last : null, unreadable);
    }

    private static DateTimeOffset? At(JsonElement item) => SenderAnswer.Number(item, "created") is { } seconds and < 100_000_000_000 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
