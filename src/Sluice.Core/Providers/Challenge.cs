using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Providers;

/// <summary>The questions of senders that want to know whether this is their receiver: what may be read of them and what may be said back.</summary>
internal static class Challenge
{
    /// <summary>The senders' own challenges are up to some 100 characters; more than this is echoed to nobody.</summary>
    private const int Longest = 256;

    // Letters, digits and the signs of base64 and UUIDs: no markup, no white space, no line end.
    private static readonly SearchValues<char> Echoed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>Whether it is of a form that may go back to whoever sent it.</summary>
    public static bool IsPlain(string? challenge) => challenge is { Length: > 0 and <= Longest } && !challenge.AsSpan().ContainsAnyExcept(Echoed);

    /// <summary>The challenge as plain text, or null when it is none that may be echoed.</summary>
    public static Answer? Echo(string? challenge) => IsPlain(challenge) ? Answer.Text(challenge!) : null;

    /// <summary>Compares in a time that tells nothing of the token, not even its length.</summary>
    public static bool IsToken(string? given, string? expected)
    {
        if (string.IsNullOrEmpty(given) || string.IsNullOrEmpty(expected)) return false;
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));
    }

    /// <summary>A question without a body and without a proof: what is asked stands in the query.</summary>
    public static SentRequest Ask(string method, Uri url, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var asked = new UriBuilder(url);
        if (parameters.Length > 0) asked.Query = string.Join('&', asked.Query.TrimStart('?'), Encoding.ASCII.GetString(FormBody.Encode(parameters))).TrimStart('&');
        return new() { Method = method, Url = asked.Uri, Body = default, ContentType = "", IsSigned = false };
    }
}
