namespace Sluice.Delivery;

/// <summary>Which of a sender's headers are passed on.</summary>
internal static class ForwardedHeaders
{
    // Whatever a provider's list says, these are never passed on: credentials, cookies, routing and our own names.
    private static readonly string[] Never =
    [
        "Authorization", "Proxy-*", "Cookie", "Set-Cookie", "Host", "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "Content-*", "Expect", "Forwarded", "X-Forwarded-*", "X-Real-IP", "X-Original-*", "Sluice-*",
    ];

    public static bool Allows(string name, string value, IReadOnlyList<string> allowed) =>
        Contains(allowed, name) && !Contains(Never, name) && IsOneLine(value);

    /// <summary>Whether a value stays within its header: .NET checks this for no header that is added without validation.</summary>
    public static bool IsOneLine(string value) => !value.AsSpan().ContainsAny('\r', '\n', '\0');

    /// <summary>A value fit for a header: anything but printable ASCII is percent-encoded.</summary>
    public static string Encode(string value) => value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? Uri.EscapeDataString(value) : value;

    private static bool Contains(IReadOnlyList<string> patterns, string name)
    {
        for (var i = 0; i < patterns.Count; i++)
        {
            if (Matches(patterns[i], name)) return true;
        }

        return false;
    }

    // Header names have no case; their patterns have at most one star, at the end.
    private static bool Matches(string pattern, string name) => pattern.EndsWith('*')
        ? name.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.OrdinalIgnoreCase)
        : name.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
