using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.Retries;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings over HTTP, at a running host.</summary>
internal sealed class RemoteOperations : IOperations, IDisposable
{
    private readonly HttpClient client;

    public RemoteOperations(Uri host, string token)
    {
        client = new HttpClient { BaseAddress = new Uri(host, "/api/ops/"), Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task<Page<EventView>> EventsAsync(EventFilter filter, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, "events" + OpsQuery.Write(filter), OpsJson.Default.PageEventView, cancellationToken)!;

    public Task<EventView?> EventAsync(EventId id, CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, $"events/{id}", OpsJson.Default.EventView, cancellationToken);

    public async Task<byte[]?> BodyAsync(EventId id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"events/{id}/body", cancellationToken);
        return response is null ? null : await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task<int?> ReplayAsync(EventId id, string? destination, CancellationToken cancellationToken) =>
        (await AskAsync(HttpMethod.Post, $"events/{id}/replay{(destination is null ? "" : $"?destination={Uri.EscapeDataString(destination)}")}", OpsJson.Default.ReplayView, cancellationToken))?.Replayed;

    public Task<Page<DeadLetterView>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, "dead-letters" + OpsQuery.Write(filter), OpsJson.Default.PageDeadLetterView, cancellationToken)!;

    public Task<JobStep> ReplayDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, "dead-letters/replay" + OpsQuery.Write(filter), OpsJson.Default.JobStep, cancellationToken);

    public Task<JobStep> PurgeDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, "dead-letters/purge" + OpsQuery.Write(filter), OpsJson.Default.JobStep, cancellationToken);

    public Task<Stats> StatsAsync(CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, "stats", OpsJson.Default.Stats, cancellationToken)!;

    public void Dispose() => client.Dispose();

    private async Task<T?> AskAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, cancellationToken);
        return response is null ? default : await response.Content.ReadFromJsonAsync(type, cancellationToken);
    }

    // Null for what is not there.
    private async Task<HttpResponseMessage?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        var response = await client.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            if (response.StatusCode == HttpStatusCode.Unauthorized) throw new CommandException($"{client.BaseAddress} refuses the ops token; give the right one with --token");
            var error = response.Content.Headers.ContentType?.MediaType == "application/json" ? await response.Content.ReadFromJsonAsync(OpsJson.Default.ErrorView, cancellationToken) : null;
            throw new CommandException($"{client.BaseAddress} answered {(int)response.StatusCode}{(error is null ? "" : $": {error.Error}")}");
        }
    }
}
