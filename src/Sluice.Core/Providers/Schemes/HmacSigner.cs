using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sluice.Providers;

/// <summary>Makes the signatures of a scheme: for checking them, and for <c>sluice send</c>.</summary>
public static class HmacSigner
{
    /// <summary>Writes the signature's text, without its prefix, and says how long it is. Resets the hash.</summary>
    public static int Sign(IncrementalHash hash, HmacScheme scheme, in SignedParts signed, Span<char> signature)
    {
        var parts = scheme.Content.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i].Kind)
            {
                case SignedContent.PartKind.Body: hash.AppendData(signed.Body); break;
                case SignedContent.PartKind.Timestamp: Append(hash, signed.Timestamp); break;
                case SignedContent.PartKind.Id: Append(hash, signed.Id); break;
                case SignedContent.PartKind.Method: Append(hash, signed.Method); break;
                case SignedContent.PartKind.Url: Append(hash, signed.Url); break;
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
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(HmacScheme scheme, HmacKey key, string id, DateTimeOffset at, ReadOnlySpan<byte> body) =>
        Headers(scheme, key, new SentRequest { Url = new Uri("http://localhost/"), Body = body.ToArray(), ContentType = "", Id = id }, at);

    /// <summary>The signature headers that the sender would put on this request.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(HmacScheme scheme, HmacKey key, SentRequest request, DateTimeOffset at)
    {
        var timestamp = scheme.Timestamp switch
        {
            TimestampFormat.Milliseconds => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            TimestampFormat.Iso8601 => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            _ => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        };
        var signed = new SignedParts { Body = request.Body.Span, Id = request.Id, Timestamp = timestamp, Method = request.Method, Url = request.Url.OriginalString };
        Span<char> text = stackalloc char[128];
        var hash = key.Rent();
        var signature = scheme.Prefix + text[..Sign(hash, scheme, signed, text)].ToString();
        key.Return(hash);

        var names = scheme.Headers[0];
        var headers = new List<KeyValuePair<string, string>>
        {
            new(names.Signature, scheme.Form == SignatureForm.Pairs && scheme.TimestampName is { } name ? $"{name}{timestamp}{scheme.Separator}{signature}" : signature),
        };
        if (names.Timestamp is not null) headers.Add(new(names.Timestamp, timestamp));
        if (names.Id is not null) headers.Add(new(names.Id, request.Id));
        return headers;
    }

    private static void Append(IncrementalHash hash, ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = most <= 512 ? stackalloc byte[512] : new byte[most];
        hash.AppendData(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }
}

/// <summary>What a signature is made over.</summary>
public readonly ref struct SignedParts
{
    public ReadOnlySpan<byte> Body { get; init; }

    public ReadOnlySpan<char> Id { get; init; }

    public ReadOnlySpan<char> Timestamp { get; init; }

    public ReadOnlySpan<char> Method { get; init; }

    public ReadOnlySpan<char> Url { get; init; }
}
