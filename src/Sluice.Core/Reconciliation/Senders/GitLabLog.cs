using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Configuration;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// GitLab (17.4 and newer): <c>GET {hook}/events</c> (twenty a page, seven days) and <c>POST {hook}/events/{id}/resend</c>, five a minute. The key is
/// <c>Idempotency-Key</c> among an entry's <c>request_headers</c>, which a resend repeats; an entry without one, of an older GitLab, cannot be told apart
/// and counts as unreadable. (docs.gitlab.com, project webhooks API and group webhooks API, read 2026-11-22. Unconfirmed: when an entry was made, which the
/// documented form does not say; <c>created_at</c> is read where it stands, else the <c>Date</c> of the answer that GitLab was given.)
/// </summary>
public sealed partial class GitLabLog : ISenderLog
{
    private const int PageSize = 20;

    public string Provider => "gitlab";

    public Uri ApiUrl { get; } = new("https://gitlab.com/api/v4");

    public TimeSpan Horizon => TimeSpan.FromDays(7);

    public bool IsWhole => false;

    /// <summary>A little more than five a minute allow.</summary>
    public TimeSpan Pause => TimeSpan.FromSeconds(13);

    public IEnumerable<string> Check(ReconcileSettings settings)
    {
        if (settings.Hook is null || !Hooks().IsMatch(settings.Hook)) yield return $"Hook: {(settings.Hook is null ? "is missing" : "is no webhook of GitLab's")}; write projects/ID/hooks/ID or groups/ID/hooks/ID, a path in place of the first ID having %2F for each slash";
        if (settings.ClientId is not null) yield return "ClientId: is set, and GitLab asks for none; remove it";
    }

    public Task SignInAsync(SenderApi api, ReconcileSettings settings, CancellationToken cancellationToken)
    {
        api.Authorization = new AuthenticationHeaderValue("Bearer", settings.Token);
        return Task.CompletedTask;
    }

    public async Task<LogPage> ListAsync(SenderApi api, LogQuery query, string? cursor, CancellationToken cancellationToken)
    {
        var page = cursor is null ? 1 : int.Parse(cursor, CultureInfo.InvariantCulture);
        using var answer = await api.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{query.Settings.Hook}/events?page={page}&per_page={PageSize}"), cancellationToken);
        if (answer.List() is not { } list) throw api.Unreadable();
        var (events, unreadable, count) = (new List<LoggedEvent>(), 0, 0);
        foreach (var item in list)
        {
            count++;
            if (Read(item) is not { } logged) unreadable++;
            else if (!(logged.At < query.Since)) events.Add(logged);
        }

        return new(events, count < PageSize ? null : (page + 1).ToString(CultureInfo.InvariantCulture), unreadable);
    }

    public async Task AskAgainAsync(SenderApi api, SourceSettings source, LoggedEvent logged, CancellationToken cancellationToken)
    {
        using var answer = await api.PostAsync($"{source.Reconcile!.Hook}/events/{logged.Handle}/resend", null, cancellationToken);
        // It waits for our own answer and tells it.
        if (SenderAnswer.Number(answer.Root, "response_status") is { } status and not (>= 200 and < 300)) throw new SenderLogException($"GitLab sent it again and was answered {status}", isFinal: false);
    }

    private static LoggedEvent? Read(JsonElement item)
    {
        var headers = SenderAnswer.Object(item, "request_headers");
        if (SenderAnswer.Text(headers, "Idempotency-Key") is not { } key || SenderAnswer.Number(item, "id") is not { } id) return null;
        return new()
        {
            Key = key,
            Type = SenderAnswer.Text(headers, "X-Gitlab-Event") ?? Events.WebhookEvent.UnknownType,
            At = SenderAnswer.Moment(item, "created_at") ?? SenderAnswer.Moment(SenderAnswer.Object(item, "response_headers"), "Date"),
            IsDelivered = SenderAnswer.Text(item, "response_status") is ['2', _, _],
            Handle = id.ToString(CultureInfo.InvariantCulture),
        };
    }

    [GeneratedRegex(@"\A(?:projects|groups)/(?:[A-Za-z0-9._-]|%2[Ff]){1,300}/hooks/[0-9]{1,19}\z")]
    private static partial Regex Hooks();
}
