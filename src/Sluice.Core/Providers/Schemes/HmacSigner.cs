using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Sluice.Providers;

/// <summary>Makes the signatures of a scheme: for checking them, and for <c>sluice send</c>.</summary>
public static class HmacSigner
{
    /// <summary>Writes the signature's text, without its prefix, and says how long it is. Resets the hash.</summary>
    public static int Sign(IncrementalHash hash, HmacScheme scheme, in SignedParts signed, Span<char> signature)
    {
        // What stands around the body is short: together it costs one call of the hash, not one for each part.
        var around = new Around(hash, stackalloc byte[256]);
        var parts = scheme.Content.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i].Kind)
            {
                case SignedContent.PartKind.Body:
                    around.Flush();
                    hash.AppendData(signed.Body);
                    break;
                case SignedContent.PartKind.Timestamp: around.Add(signed.Timestamp); break;
                case SignedContent.PartKind.Id: around.Add(signed.Id); break;
                case SignedContent.PartKind.Method: around.Add(signed.Method); break;
                case SignedContent.PartKind.Url: around.Add(signed.Url); break;
                default: around.Add(parts[i].Literal); break;
            }
        }

        around.Flush();
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

    /// <summary>What stands before and behind the body, gathered for the hash. Texts are UTF-8, of any length; allocates nothing.</summary>
    private ref struct Around(IncrementalHash hash, Span<byte> room)
    {
        private readonly IncrementalHash hash = hash;
        private readonly Span<byte> room = room;
        private int filled;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > room.Length - filled) Flush();
            if (bytes.Length > room.Length)
            {
                hash.AppendData(bytes);
                return;
            }

            bytes.CopyTo(room[filled..]);
            filled += bytes.Length;
        }

        public void Add(ReadOnlySpan<char> text)
        {
            while (text.Length > 0)
            {
                var status = Utf8.FromUtf16(text, room[filled..], out var read, out var written);
                filled += written;
                text = text[read..];
                if (status == OperationStatus.DestinationTooSmall) Flush();
            }
        }

        public void Flush()
        {
            if (filled > 0) hash.AppendData(room[..filled]);
            filled = 0;
        }
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
