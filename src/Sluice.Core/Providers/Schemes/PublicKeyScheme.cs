using System.Buffers;
using System.Globalization;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>How a sender that has a key pair signs: with text, then the body, under its private key. The source has the public one.</summary>
public abstract record PublicKeyScheme<TKey> : SignatureScheme where TKey : class
{
    /// <summary>The longest signature there is here: RSA with 8192 bits.</summary>
    private const int LongestSignature = 1024;

    public required SignatureEncoding Encoding { get; init; }

    public SignatureForm Form { get; init; }

    /// <summary>Stands before each signature, such as <c>v1a,</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Ends with <c>{body}</c>.</summary>
    public required SignedContent Content { get; init; }

    /// <summary>The header names. Where there are several sets the first whose signature header is present counts.</summary>
    public required IReadOnlyList<SignatureHeaders> Headers { get; init; }

    public override bool ChecksPublicKeys => true;

    public override IReadOnlyList<string> HeaderNames => [.. Headers.SelectMany(names => new[] { names.Signature, names.Timestamp, names.Id }).OfType<string>()];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequirePublicKeys(settings, errors);
        return PrepareKeys(settings, errors);
    }

    /// <summary>The same for a source that has secrets too.</summary>
    internal ISignatureVerifier? PrepareKeys(SourceSettings settings, ICollection<ConfigurationError> errors) =>
        DatedKeys.Read(settings.PublicKeys, settings.Name, errors, ReadPublicKey) is { } keys ? new Verifier(this, keys, settings.Tolerance ?? Tolerance, settings.Secrets.Count) : null;

    public override byte[]? SignedText(Envelope envelope)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        SignatureHeader.Read(envelope.Headers, Headers, new(Form, Prefix), candidates, out var header);
        return Content.Write(new SignedParts { Body = envelope.Body.Span, Id = header.Id, Timestamp = header.Timestamp });
    }

    public override long? SignedAt(Envelope envelope)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        return Content.HasTimestamp && SignatureHeader.Read(envelope.Headers, Headers, new(Form, Prefix), candidates, out var header) == SignatureResult.Valid && Timestamps.TryReadSeconds(header.Timestamp, TimestampFormat.Seconds, out var seconds) ? seconds : null;
    }

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var bytes = Sign(secret, Bytes(Start(Content, request.Id, timestamp)), request.Body.Span);
        var signature = Prefix + (Encoding == SignatureEncoding.Base64 ? Convert.ToBase64String(bytes) : Convert.ToHexStringLower(bytes));
        var headers = new List<KeyValuePair<string, string>> { new(Headers[0].Signature, signature) };
        if (Headers[0].Timestamp is { } name) headers.Add(new(name, timestamp));
        if (Headers[0].Id is { } id) headers.Add(new(id, request.Id));
        return request.With([.. headers]);
    }

    /// <summary>The key, or null and what is wrong with it.</summary>
    protected abstract (TKey? Key, string? Error) ReadPublicKey(string text);

    /// <summary>Whether the signature is over <paramref name="start"/> and the body behind it. Must not throw.</summary>
    protected abstract bool IsGenuine(TKey key, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature);

    /// <exception cref="FormatException">The private key cannot be read.</exception>
    protected abstract byte[] Sign(string privateKey, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body);

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static string Start(SignedContent content, string id, string timestamp) => string.Concat(content.Parts.Select(part => part.Kind switch
    {
        SignedContent.PartKind.Id => id,
        SignedContent.PartKind.Timestamp => timestamp,
        SignedContent.PartKind.Literal => System.Text.Encoding.UTF8.GetString(part.Literal),
        _ => "",
    }));

    /// <summary>From 2001 to 2286.</summary>
    private const int DigitsOfSeconds = 10;

    private sealed class Verifier(PublicKeyScheme<TKey> scheme, IReadOnlyList<DatedKey<TKey>> keys, TimeSpan? tolerance, int secrets) : ISignatureVerifier
    {
        public int Keys => keys.Count;

        public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
            var fault = SignatureHeader.Read(envelope.Headers, scheme.Headers, new(scheme.Form, scheme.Prefix), candidates, out var header);
            if (fault != SignatureResult.Valid) return new(fault);
            if (scheme.Content.HasId && string.IsNullOrEmpty(header.Id)) return new(SignatureResult.MissingId);
            if (scheme.Content.HasTimestamp && header.Timestamp.IsEmpty) return new(SignatureResult.MissingTimestamp);

            var seconds = 0L;
            if (scheme.Content.HasTimestamp && !Timestamps.TryReadSeconds(header.Timestamp, TimestampFormat.Seconds, out seconds)) return new(SignatureResult.MalformedTimestamp);
            // Where no age is judged nothing else says where the time ends and the body begins: bytes must not move from one to the other.
            if (scheme.Content.HasTimestamp && tolerance is null && header.Timestamp.Length != DigitsOfSeconds) return new(SignatureResult.MalformedTimestamp);

            var check = Match(envelope, header, candidates[..header.Candidates], now);
            return check.IsValid && scheme.Content.HasTimestamp && tolerance is { } window ? Timestamps.Check(check, seconds, window, now) : check;
        }

        private SignatureCheck Match(Envelope envelope, in SignatureHeader header, ReadOnlySpan<Range> candidates, DateTimeOffset now)
        {
            var longest = 3 * ((header.Id?.Length ?? 0) + header.Timestamp.Length + scheme.Content.Template.Length);
            var rented = longest > 512 ? ArrayPool<byte>.Shared.Rent(longest) : null;
            var start = rented ?? stackalloc byte[512];
            start = start[..Write(start, header)];

            Span<byte> signature = stackalloc byte[LongestSignature];
            var found = new SignatureCheck(SignatureResult.MalformedSignature);
            foreach (var range in candidates)
            {
                if (!TryDecode(header.Signatures[range], signature, out var length)) continue;
                var check = DatedKeys.Find(keys, now, new Signed(scheme, start, envelope.Body.Span, signature[..length]), static (key, signed) => signed.IsGenuine(key));
                if (check.Secret >= 0) check = check with { Secret = check.Secret + secrets };
                if (found.Secret < 0) found = check;
                if (!check.IsValid) continue;
                found = check;
                break;
            }

            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
            return found;
        }

        private int Write(Span<byte> start, in SignatureHeader header)
        {
            var length = 0;
            var parts = scheme.Content.Parts;
            for (var i = 0; i < parts.Count; i++)
            {
                var rest = start[length..];
                switch (parts[i].Kind)
                {
                    case SignedContent.PartKind.Id: length += System.Text.Encoding.UTF8.GetBytes(header.Id, rest); break;
                    case SignedContent.PartKind.Timestamp: length += System.Text.Encoding.UTF8.GetBytes(header.Timestamp, rest); break;
                    case SignedContent.PartKind.Literal:
                        parts[i].Literal.CopyTo(rest);
                        length += parts[i].Literal.Length;
                        break;
                }
            }

            return length;
        }

        // One spelling counts, as the sender writes it.
        private bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
        {
            if (scheme.Encoding == SignatureEncoding.Base64) return KeyText.TryDecodeBase64(text, bytes, out length);
            length = text.Length / 2;
            if (text.Length % 2 != 0 || length > bytes.Length || text.IsEmpty) return false;
            if (scheme.Encoding == SignatureEncoding.HexLower && text.IndexOfAnyInRange('A', 'F') >= 0) return false;
            return Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        }
    }

    private readonly ref struct Signed(PublicKeyScheme<TKey> scheme, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature)
    {
        private readonly ReadOnlySpan<byte> start = start;
        private readonly ReadOnlySpan<byte> body = body;
        private readonly ReadOnlySpan<byte> signature = signature;

        public bool IsGenuine(TKey key) => scheme.IsGenuine(key, start, body, signature);
    }
}
