using System.Text.RegularExpressions;

namespace Sluice.Destinations;

/// <summary>
/// A destination's URL as people may see it. Its query may be a secret, and so may a part of its path: who knows the URL of an
/// incoming webhook of Slack or Discord may write to its channel.
/// </summary>
internal static partial class ShownUrl
{
    private const string HiddenQuery = "?" + ShownSettings.Set;

    /// <summary>With <c>set</c> for its query and for each part of its path that looks like a token.</summary>
    public static string Of(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? Path(url) : Path(url[..query]) + HiddenQuery;
    }

    /// <summary>The same without the query.</summary>
    public static string WithoutQuery(Uri url) => Path(url.GetLeftPart(UriPartial.Path));

    private static string Path(string url) => Token.Replace(url, ShownSettings.Set);

    // A part of the path, not the host: 20 characters or more of which not all are lower-case letters and what stands between words.
    [GeneratedRegex(@"(?<=/)(?<!^[^/]*//)(?![a-z._~-]+(/|$))[^/]{20,}", RegexOptions.CultureInvariant)]
    private static partial Regex Token { get; }
}
