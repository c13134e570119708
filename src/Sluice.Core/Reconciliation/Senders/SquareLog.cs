using System.Net.Http.Headers;
using System.Text;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// Square: <c>POST /v2/events</c>, a hundred a page, 28 days, each event whole. Only a personal access token may ask, only events are listed that happened
/// after the Events API was enabled for the application, and all types are, whatever the subscription asked for: so the settings have to name them.
/// (developer.squareup.com, Events API: overview, search events; read 2026-11-22. Unconfirmed: the order of a list.)
/// </summary>
public sealed class SquareLog : ISenderLog
{
    public string Provider => "square";

    public Uri ApiUrl { get; } = new("https://connect.squareup.com");

    public TimeSpan Horizon => TimeSpan.FromDays(28);

    public bool IsWhole => true;

    public TimeSpan Pause => TimeSpan.Zero;

    public IEnumerable<string> Check(ReconcileSettings settings)
    {
        if (settings.Types is null) yield return "Types: is missing; Square lists every event of the application, so write the types of the webhook subscription, such as [\"payment.*\"]";
        if (settings.Hook is not null) yield return "Hook: is set, and Square's list is the application's; remove it";
        if (settings.ClientId is not null) yield return "ClientId: is set, and Square asks for none; remove it";
    }

    public Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken)
    {
        api.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        return Task.CompletedTask;
    }

    public async Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken)
    {
        // The next page of a query is asked for with the same query.
        var (since, until) = ($"{query.Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", $"{query.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        var next = cursor is null ? "" : $"\"cursor\":{Json.Text(cursor)},";
        var body = $$"""{"limit":100,{{next}}"query":{"filter":{"created_at":{"start_at":"{{since}}","end_at":"{{until}}"} } } }""";
        using var answer = await api.PostAsync("v2/events", () => new StringContent(body, Encoding.UTF8, "application/json"), cancellationToken);
        // Where there are no events the name is absent; where there are errors too.
        if (answer.Root.ValueKind != System.Text.Json.JsonValueKind.Object || answer.List("errors") is not null) throw api.Unreadable();
        var (events, unreadable) = (new List<LoggedEvent>(), 0);
        foreach (var item in answer.List("events") ?? [])
        {
            if (SenderAnswer.Text(item, "event_id") is not { } id) unreadable++;
            else events.Add(new() { Key = id, Type = SenderAnswer.Text(item, "type") ?? Events.WebhookEvent.UnknownType, At = SenderAnswer.Moment(item, "created_at"), Body = answer.Slice(item) });
        }

        return new(events, SenderAnswer.Text(answer.Root, "cursor", 256), unreadable);
    }
}
