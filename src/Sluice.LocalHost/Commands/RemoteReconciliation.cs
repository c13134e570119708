using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;
using Sluice.Reconciliation;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings about gaps over HTTP, at a running host.</summary>
internal sealed class RemoteReconciliation : IReconciliation, IDisposable
{
    private readonly HttpClient client;

    public RemoteReconciliation(Uri host, string token)
    {
        client = new HttpClient { BaseAddress = new Uri(host, "/api/ops/"), Timeout = DirectReconciliation.AtMost + TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public async Task<IReadOnlyList<string>> SourcesAsync(CancellationToken cancellationToken) => await AskAsync(HttpMethod.Get, "reconcile", ReconcileJson.Default.IReadOnlyListString, cancellationToken) ?? [];

    public Task<ReconcileReport?> RunAsync(string source, DateTimeOffset? since, bool isDryRun, CancellationToken cancellationToken) => AskAsync(
        HttpMethod.Post,
        $"sources/{Uri.EscapeDataString(source)}/reconcile?dryRun={(isDryRun ? "true" : "false")}{(since is { } moment ? $"&since={Uri.EscapeDataString(moment.ToString("O", CultureInfo.InvariantCulture))}" : "")}",
        ReconcileJson.Default.ReconcileReport, cancellationToken);

    public void Dispose() => client.Dispose();

    // Null for what is not there.
    private async Task<T?> AskAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) where T : class
    {
        using var request = new HttpRequestMessage(method, path);
        using var response = await client.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return await response.Content.ReadFromJsonAsync(type, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        if (response.StatusCode == HttpStatusCode.Unauthorized) throw new CommandException($"{client.BaseAddress} refuses the ops token; give the right one with --token");
        var error = response.Content.Headers.ContentType?.MediaType == "application/json" ? await response.Content.ReadFromJsonAsync(OpsJson.Default.ErrorView, cancellationToken) : null;
        throw new CommandException($"{client.BaseAddress} answered {(int)response.StatusCode}{(error is null ? "" : $": {error.Error}")}");
    }
}
