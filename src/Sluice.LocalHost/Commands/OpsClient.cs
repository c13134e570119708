using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Sluice.Inspection;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Commands;

/// <summary>Asks the ops endpoint of a running host; what it refuses becomes one line.</summary>
internal sealed class OpsClient : IDisposable
{
    private readonly HttpClient client;

    /// <param name="patience">How long an answer may take; a minute where nothing is said.</param>
    public OpsClient(Uri host, string token, TimeSpan? patience = null)
    {
        client = new HttpClient { BaseAddress = new Uri(host, "/api/ops/"), Timeout = patience ?? TimeSpan.FromMinutes(1) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The answer, or nothing where there is no such thing.</summary>
    public async Task<T?> AskAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, content: null, cancellationToken);
        return response is null ? default : await response.Content.ReadFromJsonAsync(type, cancellationToken);
    }

    /// <summary>The answer, or null where there is no such thing.</summary>
    public Task<HttpResponseMessage?> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) => SendAsync(method, path, content: null, cancellationToken);

    /// <summary>The answer, or null where there is no such thing.</summary>
    public async Task<HttpResponseMessage?> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await client.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return null;
            if (response.StatusCode == HttpStatusCode.Unauthorized) throw new CommandException($"{client.BaseAddress} refuses the ops token; give the right one with --token");
            var error = response.Content.Headers.ContentType?.MediaType == "application/json" ? await response.Content.ReadFromJsonAsync(OpsJson.Default.ErrorView, cancellationToken) : null;
            // What was asked makes no sense: where it was asked does not matter.
            if (response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity && error is not null) throw new CommandException(error.Error);
            throw new CommandException($"{client.BaseAddress} answered {(int)response.StatusCode}{(error is null ? "" : $": {error.Error}")}");
        }
    }

    public void Dispose() => client.Dispose();
}
