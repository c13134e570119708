using System.Text;
using Sluice.Configuration;

namespace Sluice.Delivery;

/// <summary>What only a destination and Sluice should know of each other: what its headers hold, and the query of its address. A destination may repeat it.</summary>
internal static class Credentials
{
    private const int Shortest = 4;
    private const string Basic = "Basic ";

    /// <summary>The text without them.</summary>
    public static string StrikeOut(string text, DestinationSettings destination)
    {
        // A scheme such as Bearer is struck out too: it is no loss.
        var secrets = destination.Headers.SelectMany(header => header.Value.Split(' ').Append(header.Value).Concat(Inside(header))).Append(destination.Url?.Query.TrimStart('?') ?? "");
        foreach (var secret in secrets.Where(secret => secret.Length >= Shortest).OrderByDescending(secret => secret.Length)) text = text.Replace(secret, "...", StringComparison.Ordinal);
        return text;
    }

    // The receiver has the password in plain, and may say so.
    private static string[] Inside(KeyValuePair<string, string> header)
    {
        if (!header.Key.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || !header.Value.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return [];
        var bytes = new byte[header.Value.Length];
        if (!Convert.TryFromBase64String(header.Value[Basic.Length..], bytes, out var length)) return [];
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        return [pair, pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..]];
    }
}
