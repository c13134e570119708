using System.Text.Json.Nodes;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>Where destinations stand, in the documents that all instances share.</summary>
public sealed class Standings(ISharedState state) : IStandings
{
    private const string Kind = "destination";
    private const int MostTries = 16;

    public async ValueTask<bool> DisableAsync(string name, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var document = await state.FindAsync(Kind, name, cancellationToken);
            var json = document is null ? [] : JsonNode.Parse(document.Json)!.AsObject();
            if (json["state"]?.GetValue<string>() is { } now)
            {
                if (now == nameof(DestinationState.Removed)) return false;
                if (now == nameof(DestinationState.Disabled)) return true;
            }

            (json["state"], json["reason"], json["since"]) = (nameof(DestinationState.Disabled), reason, at);
            if (await state.WriteAsync(new(Kind, name, json.ToJsonString(), document?.Version), cancellationToken) is not null) return true;
        }

        throw new StoreUnavailableException($"the standing of destination {name} is being changed by others without end");
    }
}
