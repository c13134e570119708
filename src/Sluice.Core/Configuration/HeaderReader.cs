using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Sluice.Delivery;

namespace Sluice.Configuration;

/// <summary>Reads the headers that a destination gets with every request: <c>"Headers": { "Authorization": "env:BILLING_TOKEN" }</c>. Their values are secrets.</summary>
internal static partial class HeaderReader
{
    private const int MostHeaders = 50;
    private const int LongestValue = 8 * 1024;

    // What the connection, the bytes and Sluice itself say.
    private static readonly string[] Taken = ["Host", "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Expect", "Proxy-Authorization", "Proxy-Connection"];

    public static IReadOnlyList<KeyValuePair<string, string>> Read(SectionReader destination, SecretResolver secrets)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var section = destination.Section("Headers");
        if (section.Value is { Length: > 0 }) destination.Fault("Headers", "is a text; write { \"Name\": \"value\" }");
        var children = section.GetChildren().ToList();
        // A list's values have their places for names, and 0 would do as a header's.
        if (children.Count > 0 && children.All(child => child.Key.All(char.IsAsciiDigit)))
        {
            destination.Fault("Headers", "is a list; write { \"Name\": \"value\" }");
            return headers;
        }

        foreach (var child in children)
        {
            if (Value(destination, child, secrets) is { } value) headers.Add(new(child.Key, value));
        }

        if (headers.Count > MostHeaders) destination.Fault("Headers", $"has {headers.Count}; {MostHeaders} are the most");
        return headers;
    }

    private static string? Value(SectionReader destination, IConfigurationSection header, SecretResolver secrets)
    {
        string? error = null;
        if (!IsName(header.Key)) error = "is no name of a header";
        else if (Taken.Contains(header.Key, StringComparer.OrdinalIgnoreCase) || header.Key.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("Sluice-", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase))
            error = "is set by Sluice; choose another name";
        else if (header.Value is not { Length: > 0 } text) error = "has no value; write one, env:NAME or file:PATH";
        else if (secrets.Resolve(text, out error) is { } value)
        {
            if (value.Length is > 0 and <= LongestValue && ForwardedHeaders.IsOneLine(value)) return value;
            error = $"has a value that is empty, of several lines or longer than {LongestValue} characters";
        }

        destination.Fault($"Headers:{header.Key}", error!);
        return null;
    }

    /// <summary>Whether a header can be called so.</summary>
    internal static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex(@"\A[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}\z")]
    private static partial Regex Name();
}
