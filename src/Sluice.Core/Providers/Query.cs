namespace Sluice.Providers;

/// <summary>Reads the query of a URL, or of a path and query. Never throws; what is not encoded as it should be stands for itself.</summary>
internal static class Query
{
    /// <summary>
    /// The value of a parameter, decoded; <paramref name="count"/> says how often it stands, and of several it is the last. Allocates nothing where
    /// nothing is encoded. A name without <c>=</c> is no parameter.
    /// </summary>
    public static ReadOnlySpan<char> Value(ReadOnlySpan<char> url, ReadOnlySpan<char> name, out int count)
    {
        count = 0;
        var found = ReadOnlySpan<char>.Empty;
        var start = url.IndexOf('?');
        if (start < 0) return found;
        var query = url[(start + 1)..];
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            if (equals < 0 || !Decode(pair[..equals]).SequenceEqual(name)) continue;
            found = Decode(pair[(equals + 1)..]);
            count++;
        }

        return found;
    }

    /// <summary>The value of a parameter that stands once; null when it is absent or stands twice.</summary>
    public static string? Single(ReadOnlySpan<char> url, ReadOnlySpan<char> name)
    {
        var value = Value(url, name, out var count);
        return count == 1 ? value.ToString() : null;
    }

    private static ReadOnlySpan<char> Decode(ReadOnlySpan<char> text) =>
        text.IndexOfAny('%', '+') < 0 ? text : Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
