using System.Security.Cryptography;
using System.Text;

namespace Sluice.Providers;

/// <summary>A URL that is signed as text.</summary>
internal static class SignedUrl
{
    /// <summary>Where the host ends and where path and query begin: the port is between.</summary>
    public static (int Host, int Path) Ports(ReadOnlySpan<char> url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var length = start < 3 ? -1 : url[start..].IndexOfAny('/', '?', '#');
        var rest = start < 3 ? 0 : length < 0 ? url.Length : start + length;
        var colon = rest == 0 ? -1 : url[start..rest].LastIndexOf(':');
        // Within brackets it is an address of IPv6.
        return colon < 0 || url[(start + colon)..rest].Contains(']') ? (rest, rest) : (start + colon, rest);
    }

    public static void Append(IncrementalHash hash, ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= 1024 ? stackalloc byte[1024] : new byte[most];
        hash.AppendData(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
