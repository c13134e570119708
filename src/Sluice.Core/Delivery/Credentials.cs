using Sluice.Configuration;

namespace Sluice.Delivery;

/// <summary>What only a destination and Sluice should know of each other: what its headers hold, and the query of its address. A destination may repeat it.</summary>
internal static class Credentials
{
    private const int Shortest = 4;

    /// <summary>The text without them.</summary>
    public static string StrikeOut(string text, DestinationSettings destination)
    {
        // A scheme such as Bearer is struck out too: it is no loss.
        var secrets = destination.Headers.SelectMany(header => header.Value.Split(' ').Append(header.Value)).Append(destination.Url?.Query.TrimStart('?') ?? "");
        foreach (var secret in secrets.Where(secret => secret.Length >= Shortest).OrderByDescending(secret => secret.Length)) text = text.Replace(secret, "...", StringComparison.Ordinal);
        return text;
    }
}
