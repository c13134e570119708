using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// A sender that signs its URL with the fields of the form behind it, sorted: HMAC-SHA1 in base64. A body that is no form is signed through
/// its SHA-256 in the URL, where the sender does so. The URL is the source's own <c>PublicUrl</c> with the query that was sent; no header says it.
/// </summary>
public sealed record UrlAndFormScheme : SignatureScheme
{
    private const int SignatureLength = 28;

    /// <summary>Where there are several the first that is present counts.</summary>
    public required IReadOnlyList<string> Headers { get; init; }

    /// <summary>The query's parameter that carries the body's SHA-256 in hex; null where the sender has none.</summary>
    public string? BodyHash { get; init; }

    /// <summary>Whether the sender may leave the port out of the URL it signs, or write the usual one into it.</summary>
    public bool PortIsOptional { get; init; }

    public override string Kind => "HMAC-SHA1 of URL and form";

    public override bool SignsUrl => true;

    public override IReadOnlyList<string> HeaderNames => Headers;

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read<HmacKey>(settings, errors, secret => (HmacKey.Of(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(secret)), null)) is { } keys ? new Verifier(this, keys) : null;
    }

    public override byte[]? SignedText(Envelope envelope)
    {
        var url = envelope.Url ?? "";
        // A body that is no form stands in the URL by its hash.
        var isHashed = BodyHash is not null && url.Contains($"{BodyHash}=", StringComparison.Ordinal);
        var isForm = SortedFields.TryRead(isHashed ? [] : envelope.Body.Span, out var fields);
        byte[]? text = isForm ? [.. Encoding.UTF8.GetBytes(url), .. fields.ToArray()] : null;
        fields.Return();
        return text;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        var isForm = BodyHash is null || request.ContentType.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal);
        var url = request.Url.OriginalString;
        if (!isForm) url += $"{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{BodyHash}={Convert.ToHexStringLower(SHA256.HashData(request.Body.Span))}";
        if (!SortedFields.TryRead(isForm ? request.Body.Span : [], out var fields)) throw new FormatException("the body is no form");
        Span<char> text = stackalloc char[SignatureLength];
        Write(HmacKey.Of(HashAlgorithmName.SHA1, Encoding.UTF8.GetBytes(secret)), url, "", "", fields, text);
        fields.Return();
        return request.With(new KeyValuePair<string, string>(Headers[0], text.ToString())) with { Url = new Uri(url) };
    }

    private static void Write(HmacKey key, ReadOnlySpan<char> start, ReadOnlySpan<char> port, ReadOnlySpan<char> rest, SortedFields fields, Span<char> text)
    {
        Span<byte> bytes = stackalloc byte[SHA1.HashSizeInBytes];
        var hash = key.Rent();
        SignedUrl.Append(hash, start);
        SignedUrl.Append(hash, port);
        SignedUrl.Append(hash, rest);
        fields.AppendTo(hash);
        hash.GetHashAndReset(bytes);
        key.Return(hash);
        Convert.TryToBase64Chars(bytes, text, out _);
    }

    private sealed class Verifier(UrlAndFormScheme scheme, IReadOnlyList<DatedKey<HmacKey>> keys) : ISignatureVerifier
    {
        public int Keys => keys.Count;

        public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            string? signature = null;
            for (var i = 0; i < scheme.Headers.Count && string.IsNullOrEmpty(signature); i++)
            {
                signature = envelope.Headers.Single(scheme.Headers[i], out var count);
                if (count > 1) return new(SignatureResult.AmbiguousHeader);
            }

            if (string.IsNullOrEmpty(signature)) return new(SignatureResult.MissingSignature);
            if (signature.Length != SignatureLength) return new(SignatureResult.MalformedSignature);
            if (envelope.Url is not { } url) return new(SignatureResult.Mismatch);

            var hash = default(ReadOnlySpan<char>);
            var hashes = 0;
            if (scheme.BodyHash is { } name) hash = Query.Value(url, name, out hashes);
            if (hashes > 1) return new(SignatureResult.AmbiguousHeader);
            if (hashes == 1 && !IsHashOf(envelope.Body.Span, hash)) return new(SignatureResult.Mismatch);

            var isForm = SortedFields.TryRead(hashes == 1 ? [] : envelope.Body.Span, out var fields);
            var check = isForm ? DatedKeys.Find(keys, now, new Signed(scheme, url, fields, signature), static (key, signed) => signed.IsGenuine(key)) : new(SignatureResult.Mismatch);
            fields.Return();
            return check;
        }

        private static bool IsHashOf(ReadOnlySpan<byte> body, ReadOnlySpan<char> hex)
        {
            Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
            Span<char> text = stackalloc char[2 * SHA256.HashSizeInBytes];
            SHA256.HashData(body, bytes);
            Convert.TryToHexStringLower(bytes, text, out _);
            return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(hex), MemoryMarshal.AsBytes(text));
        }
    }

    private readonly ref struct Signed(UrlAndFormScheme scheme, ReadOnlySpan<char> url, SortedFields fields, ReadOnlySpan<char> signature)
    {
        private readonly ReadOnlySpan<char> url = url;
        private readonly SortedFields fields = fields;
        private readonly ReadOnlySpan<char> signature = signature;

        public bool IsGenuine(HmacKey key)
        {
            if (Matches(key, url, "", "")) return true;
            if (!scheme.PortIsOptional) return false;
            var (host, rest) = SignedUrl.Ports(url);
            if (host < rest) return Matches(key, url[..host], "", url[rest..]);
            var usual = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) ? ":443" : ":80";
            return Matches(key, url[..host], usual, url[rest..]);
        }

        private bool Matches(HmacKey key, ReadOnlySpan<char> start, ReadOnlySpan<char> port, ReadOnlySpan<char> rest)
        {
            Span<char> expected = stackalloc char[SignatureLength];
            Write(key, start, port, rest, fields, expected);
            return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(expected), MemoryMarshal.AsBytes(signature));
        }
    }
}
