using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using Sluice.Destinations;

namespace Sluice.LocalHost.Commands;

/// <summary>The operator's doings with destinations over HTTP, at a running host. What the host refuses is a <see cref="Hosting.CommandException"/>.</summary>
internal sealed class RemoteDestinations(OpsClient client) : IDestinationOperations
{
    public async Task<IReadOnlyList<DestinationView>> ListAsync(CancellationToken cancellationToken) =>
        await client.AskAsync(HttpMethod.Get, "destinations", DestinationViewJson.Default.IReadOnlyListDestinationView, cancellationToken) ?? [];

    public Task<DestinationView?> FindAsync(string name, CancellationToken cancellationToken) => client.AskAsync(HttpMethod.Get, Path(name), DestinationViewJson.Default.DestinationView, cancellationToken);

    public Task<DestinationAnswer> RegisterAsync(string name, Registering asked, CancellationToken cancellationToken) =>
        AnswerAsync(HttpMethod.Put, Path(name, $"?replace={Word(asked.Replaces)}&challenge={Word(asked.Challenges)}"), asked.Settings, cancellationToken);

    public Task<DestinationAnswer> PauseAsync(string name, string? reason, CancellationToken cancellationToken) =>
        AnswerAsync(HttpMethod.Post, Path(name, $"/pause{(reason is null ? "" : $"?reason={Uri.EscapeDataString(reason)}")}"), null, cancellationToken);

    public Task<DestinationAnswer> ResumeAsync(string name, CancellationToken cancellationToken) => AnswerAsync(HttpMethod.Post, Path(name, "/resume"), null, cancellationToken);

    public Task<DestinationAnswer> RemoveAsync(string name, PendingOnRemoval pending, CancellationToken cancellationToken) =>
        AnswerAsync(HttpMethod.Delete, Path(name, $"?pending={PendingWords.Write(pending)}"), null, cancellationToken);

    public async Task<TestAnswer> TestAsync(string name, Testing asked, CancellationToken cancellationToken)
    {
        var query = $"?send={Word(asked.Sends)}&last={asked.Last.ToString(CultureInfo.InvariantCulture)}{(asked.Event is { } id ? $"&event={id}" : "")}";
        using var response = await client.SendAsync(HttpMethod.Post, Path(name, $"/test{query}"), Json(asked.Settings), cancellationToken);
        // Of an event that is not there the host says the same as of a destination.
        if (response is null && asked.Event is { } missing && (asked.Settings is not null || await FindAsync(name, cancellationToken) is not null)) return new(DestinationResult.Missing, null, $"there is no event {missing}, or it was let go");
        return response is null
            ? new(DestinationResult.Missing, null, Missing(name))
            : new(DestinationResult.Done, await response.Content.ReadFromJsonAsync(DestinationViewJson.Default.TestView, cancellationToken), null);
    }

    private async Task<DestinationAnswer> AnswerAsync(HttpMethod method, string path, string? settings, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(method, path, Json(settings), cancellationToken);
        return response is null
            ? DestinationAnswer.Not(DestinationResult.Missing, Missing(Uri.UnescapeDataString(path.Split('/', '?')[1])))
            : new(response.StatusCode == HttpStatusCode.Created ? DestinationResult.Created : DestinationResult.Done, await response.Content.ReadFromJsonAsync(DestinationViewJson.Default.DestinationView, cancellationToken), null);
    }

    /// <summary>What is said of a name that nothing has.</summary>
    public static string Missing(string name) => $"there is no destination {Events.SafeText.OneLine(name, 60)}; sluice destination list shows those there are";

    private static StringContent? Json(string? settings) => settings is null ? null : new(settings, Encoding.UTF8, "application/json");

    private static string Path(string name, string more = "") => $"destinations/{Uri.EscapeDataString(name)}{more}";

    private static string Word(bool value) => value ? "true" : "false";
}
