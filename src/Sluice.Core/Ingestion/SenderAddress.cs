using System.Net;
using Microsoft.Extensions.Primitives;

namespace Sluice.Ingestion;

/// <summary>Where a request came from: its peer, or what proxies that are trusted say of it.</summary>
internal static class SenderAddress
{
    /// <summary>
    /// Each proxy appends the address it was called from to <c>X-Forwarded-For</c>. So the list is read from its end for as long as a
    /// trusted one speaks; the first address that is no trusted proxy is the sender's, and what stands before it anybody could have written.
    /// Null when it is not known.
    /// </summary>
    public static IPAddress? Of(IPAddress? peer, StringValues forwardedFor, IReadOnlyList<AddressRange> trusted)
    {
        if (peer is null) return null;
        var address = AddressRange.Normal(peer);
        if (trusted.Count == 0) return address;
        for (var i = forwardedFor.Count - 1; i >= 0; i--)
        {
            for (var rest = forwardedFor[i].AsSpan(); ;)
            {
                if (!Contains(trusted, address)) return address;
                var comma = rest.LastIndexOf(',');
                if (!TryRead(rest[(comma + 1)..].Trim(), out var hop)) return null;
                address = AddressRange.Normal(hop);
                if (comma < 0) break;
                rest = rest[..comma];
            }
        }

        return address;
    }

    public static bool Contains(IReadOnlyList<AddressRange> ranges, IPAddress address)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Contains(address)) return true;
        }

        return false;
    }

    // Some proxies append the port too: 203.0.113.7:4711, [2001:db8::1]:4711.
    private static bool TryRead(ReadOnlySpan<char> text, out IPAddress address)
    {
        if (text.StartsWith("[") && text.IndexOf(']') is > 0 and var end) return AddressRange.TryRead(text[1..end], out address);
        return AddressRange.TryRead(text.Count(':') == 1 ? text[..text.IndexOf(':')] : text, out address);
    }
}
