using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Configuration;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// GitHub: <c>GET {hook}/deliveries</c> (a hundred a page, <c>cursor</c> from the <c>Link</c> header, newest first) and <c>POST {hook}/deliveries/{id}/attempts</c>. One
/// <c>guid</c> is one event, and may stand several times: each try is an entry of its own. What is older than three days cannot be redelivered.
/// GitHub repeats nothing by itself. Requests that change something are to be a second apart. (docs.github.com, REST API endpoints for repository,
/// organization and GitHub App webhooks, redelivering webhooks, rate limits and best practices for the REST API, read 2026-11-22.)
/// </summary>
public sealed partial class GitHubLog : ISenderLog
{
    private const int PageSize = 100;
    private const string AppHook = "app";

    public string Provider => "github";

    public Uri ApiUrl { get; } = new("https://api.github.com");

    public TimeSpan Horizon => TimeSpan.FromDays(3);

    public bool IsWhole => false;

    /// <summary>A little more than the second that is asked for.</summary>
    public TimeSpan Pause => TimeSpan.FromSeconds(1.1);

    public IEnumerable<string> Check(ReconcileSettings settings)
    {
        if (settings.Hook is null || !Hooks().IsMatch(settings.Hook)) yield return $"Hook: {(settings.Hook is null ? "is missing" : "is no webhook of GitHub's")}; write repos/OWNER/REPO/hooks/ID or orgs/ORG/hooks/ID, the ID being the last part of the webhook's page, or app for a GitHub App's own";
        if (settings.Hook == AppHook && settings.ClientId is null) yield return "ClientId: is missing; a GitHub App signs in with its client id and its private key as Token";
        if (settings.Hook == AppHook && settings.Token.Length > 0 && !GitHubAppToken.IsKey(settings.Token)) yield return "Token: is no private key; write the PEM file that the App's page gave you, such as file:app.private-key.pem";
        if (settings.Hook != AppHook && settings.ClientId is not null) yield return "ClientId: is set, and only a GitHub App (Hook app) has one; remove it";
    }

    public Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken)
    {
        api.Headers.Add(new("Accept", "application/vnd.github+json"));
        api.Headers.Add(new("X-GitHub-Api-Version", "2022-11-28"));
        api.Authorization = new AuthenticationHeaderValue("Bearer", settings.Hook == AppHook ? GitHubAppToken.Create(settings.Token, settings.ClientId!, api.Now) : settings.Token);
        return Task.CompletedTask;
    }

    public async Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken)
    {
        using var answer = await api.GetAsync($"{PathOf(query.Settings)}?per_page={PageSize}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", cancellationToken);
        if (answer.List() is not { } list) throw api.Unreadable();
        var (events, unreadable, isOld) = (new List<LoggedEvent>(), 0, false);
        foreach (var item in list)
        {
            if (Read(item) is not { } logged) unreadable++;
            else if (logged.At < query.Since) isOld = true;
            else events.Add(logged);
        }

        return new(events, isOld ? null : answer.NextLink("cursor"), unreadable);
    }

    public async Task AskAgainAsync(SenderApi api, SourceSettings source, LoggedEvent logged, CancellationToken cancellationToken) =>
        (await api.PostAsync($"{PathOf(source.Reconcile!)}/{logged.Handle}/attempts", null, cancellationToken)).Dispose();

    private static string PathOf(ReconcileSettings settings) => settings.Hook == AppHook ? "app/hook/deliveries" : $"{settings.Hook}/deliveries";

    private static LoggedEvent? Read(JsonElement item)
    {
        if (SenderAnswer.Text(item, "guid") is not { } guid || SenderAnswer.Number(item, "id") is not { } id) return null;
        var type = SenderAnswer.Text(item, "event") ?? Events.WebhookEvent.UnknownType;
        return new()
        {
            Key = guid,
            Type = SenderAnswer.Text(item, "action") is { } action ? $"{type}.{action}" : type,
            At = SenderAnswer.Moment(item, "delivered_at"),
            IsDelivered = SenderAnswer.Text(item, "status") == "OK",
            Handle = id.ToString(CultureInfo.InvariantCulture),
        };
    }

    [GeneratedRegex(@"\A(?:repos/[A-Za-z0-9-]{1,100}/[A-Za-z0-9._-]{1,100}/hooks/[0-9]{1,19}|orgs/[A-Za-z0-9-]{1,100}/hooks/[0-9]{1,19}|app)\z")]
    private static partial Regex Hooks();
}
