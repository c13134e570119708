using System.Collections.Frozen;
using Sluice.Events;

namespace Sluice.Ingestion;

/// <summary>The headers that are kept with an event: all but credentials, and those that only concern the connection.</summary>
internal static class KeptHeaders
{
    private static readonly FrozenSet<string> NotKept = new[]
    {
        "Authorization", "Proxy-Authorization", "Cookie", "X-Api-Key", "Connection", "Content-Length", "Transfer-Encoding", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static HeaderList Of(HeaderList headers)
    {
        var kept = new List<KeyValuePair<string, string>>(headers.Count);
        for (var i = 0; i < headers.Count; i++)
        {
            if (!NotKept.Contains(headers[i].Key)) kept.Add(headers[i]);
        }

        return new HeaderList([.. kept]);
    }
}
