using System.Collections.Frozen;
using Sluice.Events;

namespace Sluice.Ingestion;

/// <summary>The headers that are kept with an event: all but credentials, and those that only concern the connection.</summary>
internal static class KeptHeaders
{
    private static readonly FrozenSet<string> NotKept = new[]
    {
        "Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Connection", "Content-Length", "Transfer-Encoding", "Expect",
        // Asana's shared secret, as a handshake brings it.
        "X-Hook-Secret",
        // Where proxies and platforms repeat the whole URL: a secret may be a part of it.
        "Referer", "X-Original-URL", "X-Rewrite-URL", "X-WAWS-Unencoded-URL", "X-Forwarded-Uri", "X-Original-URI",
        // Ours to say, of events that came another way.
        Reconciliation.Reconciler.FetchedHeader,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a header is never kept, whoever sends it.</summary>
    public static bool IsLeftOut(string name) => NotKept.Contains(name);

    /// <param name="credentials">Other headers of this sender that hold its secret.</param>
    public static HeaderList Of(HeaderList headers, IReadOnlyList<string> credentials)
    {
        var kept = new List<KeyValuePair<string, string>>(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            if (!NotKept.Contains(headers[i].Key) && !credentials.Contains(headers[i].Key, StringComparer.OrdinalIgnoreCase)) kept.Add(headers[i]);
        }

        return new HeaderList([.. kept]);
    }

    /// <summary>Of a request that was refused: it may be anybody's.</summary>
    public static HeaderList OfRefused(HeaderList headers, Func<string, bool> isCredential) => new([.. headers.Where(header => !NotKept.Contains(header.Key) && !isCredential(header.Key))]);
}
