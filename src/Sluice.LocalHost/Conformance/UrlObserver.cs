using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sluice.Events;
using Sluice.LocalHost.Hosting;

namespace Sluice.LocalHost.Conformance;

/// <summary>Asks a receiver that says itself what it has kept: a GET answers an array of ids, each as often as it was kept.</summary>
internal sealed class UrlObserver(HttpClient client, Uri url) : IKeptObserver
{
    public async Task<IReadOnlyList<Observed>> LookAsync(IReadOnlyList<PlayedEvent> events, CancellationToken cancellationToken)
    {
        var kept = (await ReadAsync(cancellationToken)).CountBy(id => id).ToDictionary();
        return [.. events.Select(played => Of(played, kept))];
    }

    // A receiver may speak of a batch or of its items.
    private static Observed Of(PlayedEvent played, Dictionary<string, int> kept)
    {
        var items = played.Items.Sum(item => kept.GetValueOrDefault(item.Key));
        var batches = played.Batches.Sum(batch => kept.GetValueOrDefault(batch.Key)) * played.Count;
        var most = Math.Max(items, batches);
        return new(most, most > 0, null, most >= played.Count);
    }

    private async Task<string[]> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetFromJsonAsync(url, ObserverJson.Default.StringArray, cancellationToken) ?? [];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or NotSupportedException)
        {
            throw new CommandException($"--observe {SafeText.OneLine(url.GetLeftPart(UriPartial.Path))} answers no JSON array of ids such as [\"evt_1\",\"evt_2\"] ({SafeText.OneLine(e.Message)})");
        }
    }
}

[JsonSerializable(typeof(string[]))]
internal sealed partial class ObserverJson : JsonSerializerContext;
