using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Providers;

/// <summary>Makes the signatures of a scheme: for checking them, and for <c>sluice send</c>.</summary>
public static class HmacSigner
{
    /// <summary>Writes the signature's text, without its prefix, and says how long it is. Resets the hash.</summary>
    public static int Sign(IncrementalHash hash, HmacScheme scheme, ReadOnlySpan<char> id, ReadOnlySpan<char> timestamp, ReadOnlySpan<byte> body, Span<char> signature)
    {
        var parts = scheme.Content.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i].Kind)
            {
                case SignedContent.PartKind.Body: hash.AppendData(body); break;
                case SignedContent.PartKind.Timestamp: Append(hash, timestamp); break;
                case SignedContent.PartKind.Id: Append(hash, id); break;
                default: hash.AppendData(parts[i].Literal); break;
            }
        }

        Span<byte> bytes = stackalloc byte[64];
        bytes = bytes[..hash.GetHashAndReset(bytes)];
        int written;
        if (scheme.Encoding == SignatureEncoding.Base64) Convert.TryToBase64Chars(bytes, signature, out written);
        else Convert.TryToHexStringLower(bytes, signature, out written);
        return written;
    }

    /// <summary>The signature headers that the sender would put on this body: signature, and timestamp and id where the scheme has them.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(HmacScheme scheme, HmacKey key, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Span<char> text = stackalloc char[128];
        var hash = key.Rent();
        var signature = scheme.Prefix + text[..Sign(hash, scheme, id, timestamp, body, text)].ToString();
        key.Return(hash);

        var names = scheme.Headers[0];
        var headers = new List<KeyValuePair<string, string>>
        {
            new(names.Signature, scheme.Form == SignatureForm.Pairs ? $"t={timestamp},{signature}" : signature),
        };
        if (names.Timestamp is not null) headers.Add(new(names.Timestamp, timestamp));
        if (names.Id is not null) headers.Add(new(names.Id, id));
        return headers;
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= 512 ? stackalloc byte[512] : new byte[most];
        hash.AppendData(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}
