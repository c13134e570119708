using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Braintree's signature inside the form. What its GET challenge gets signed for anybody is 20 to 32 hex digits: a payload of that form is
/// refused, or the answer to a challenge would be the signature of an event.
/// </summary>
public sealed record BraintreeScheme : SignatureScheme
{
    private const int MostPairs = 16;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\n"u8);
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);

    public override string Kind => "HMAC-SHA1 of a form field";

    public override IReadOnlyList<string> HeaderNames => [];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RequireSecret(settings, errors);
        return DatedKeys.Read(settings, errors, Read) is { } keys ? new Verifier(keys) : null;
    }

    public static bool IsChallenge(ReadOnlySpan<byte> text) => text.Length is >= 20 and <= 32 && !text.ContainsAnyExcept(Hex);

    /// <summary>What a challenge is answered with; null while no secret of the source is usable.</summary>
    public static string? Answer(SourceSettings settings, string challenge, DateTimeOffset now)
    {
        foreach (var secret in settings.Secrets)
        {
            if (now < secret.NotBefore || now >= secret.NotAfter || Read(secret.Value).Key is not { } pair) continue;
            return $"{Encoding.UTF8.GetString(pair.Public)}|{Signature(pair.Private, Encoding.UTF8.GetBytes(challenge))}";
        }

        return null;
    }

    public override byte[]? SignedText(Envelope envelope) => FormBody.Exactly(envelope.Body.Span, "bt_signature", "bt_payload") is [_, var payload] ? payload : null;

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        var (pair, error) = Read(secret);
        if (pair is null) throw new FormatException(error);
        var payload = FormBody.Exactly(request.Body.Span, "bt_payload") is [var value] ? value : throw new FormatException("the body is no form with one field bt_payload");
        return request with { Body = FormBody.Encode(("bt_signature", $"{Encoding.UTF8.GetString(pair.Public)}|{Signature(pair.Private, payload)}"), ("bt_payload", Encoding.UTF8.GetString(payload))) };
    }

    private static (Pair? Key, string? Error) Read(string secret)
    {
        var bar = secret.IndexOf('|', StringComparison.Ordinal);
        if (bar <= 0 || bar == secret.Length - 1 || secret.IndexOf('|', bar + 1) >= 0) return (null, "is not 'public key|private key'; join Braintree's two keys with |");
#pragma warning disable CA5350 // The sender's choice.
        return (new Pair(Encoding.UTF8.GetBytes(secret[..bar]), HmacKey.Of(HashAlgorithmName.SHA1, SHA1.HashData(Encoding.UTF8.GetBytes(secret[(bar + 1)..])))), null);
#pragma warning restore CA5350
    }

    private static string Signature(HmacKey key, ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        Compute(key, text, false, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static void Compute(HmacKey key, ReadOnlySpan<byte> text, bool withLineEnd, Span<byte> hash)
    {
        var rented = key.Rent();
        rented.AppendData(text);
        if (withLineEnd) rented.AppendData("\n"u8);
        rented.GetHashAndReset(hash);
        key.Return(rented);
    }

    private sealed record Pair(byte[] Public, HmacKey Private)
    {
        public override string ToString() => nameof(Pair);
    }

    private sealed class Verifier(IReadOnlyList<DatedKey<Pair>> keys) : ISignatureVerifier
    {
        int ISignatureVerifier.Keys => keys.Count;

        public bool IsUsable(DateTimeOffset now) => DatedKeys.IsUsable(keys, now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            if (FormBody.Exactly(envelope.Body.Span, "bt_signature", "bt_payload") is not [var signature, var payload]) return new(SignatureResult.MissingSignature);
            if (signature.Length == 0) return new(SignatureResult.MissingSignature);
            if (signature.AsSpan().Count((byte)'&') >= MostPairs) return new(SignatureResult.MalformedSignature);
            if (payload.Length == 0 || payload.AsSpan().ContainsAnyExcept(Base64) || IsChallenge(payload)) return new(SignatureResult.Mismatch);
            return DatedKeys.Find(keys, now, new Signed(signature, payload), static (key, signed) => signed.IsGenuine(key));
        }
    }

    private readonly ref struct Signed(ReadOnlySpan<byte> pairs, ReadOnlySpan<byte> payload)
    {
        private readonly ReadOnlySpan<byte> pairs = pairs;
        private readonly ReadOnlySpan<byte> payload = payload;

        // The pair that names this key counts; with and without a last line end, as in the sender's libraries.
        public bool IsGenuine(Pair key)
        {
            foreach (var range in pairs.Split((byte)'&'))
            {
                var pair = pairs[range];
                if (!pair.StartsWith(key.Public) || pair.Length != key.Public.Length + 1 + (2 * SHA1.HashSizeInBytes) || pair[key.Public.Length] != '|') continue;
                var given = pair[(key.Public.Length + 1)..];
                if (Matches(key.Private, given, false) || Matches(key.Private, given, true)) return true;
            }

            return false;
        }

        private bool Matches(HmacKey key, ReadOnlySpan<byte> given, bool withLineEnd)
        {
            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            Span<byte> hex = stackalloc byte[2 * SHA1.HashSizeInBytes];
            Compute(key, payload, withLineEnd, hash);
            Convert.TryToHexStringLower(hash, hex, out _);
            return CryptographicOperations.FixedTimeEquals(hex, given);
        }
    }
}
