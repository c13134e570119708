using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Checks the signature of a request against the secrets of one source: a pure function of envelope, keys and time.
/// The expected signature is written in the sender's exact form and compared in fixed time, so that nothing is decoded
/// and no other spelling of the same bytes is accepted. Allocates nothing.
/// </summary>
public sealed class HmacVerifier(HmacScheme scheme, IReadOnlyList<HmacKey> keys, TimeSpan? tolerance) : ISignatureVerifier
{
    private const int LongestHash = 64;
    private const int LongestText = LongestHash * 2;

    public int Keys => keys.Count;

    public IReadOnlyList<HmacKey> Secrets => keys;

    public bool IsUsable(DateTimeOffset now) => keys.Any(key => !(now < key.NotBefore) && !(now >= key.NotAfter));

    public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        var fault = SignatureHeader.Read(envelope.Headers, scheme, candidates, out var header);
        if (fault != SignatureResult.Valid) return new(fault);
        if (scheme.Content.HasId && string.IsNullOrEmpty(header.Id)) return new(SignatureResult.MissingId);

        var seconds = 0L;
        if (scheme.Content.HasTimestamp)
        {
            if (header.Timestamp.IsEmpty) return new(SignatureResult.MissingTimestamp);
            if (!Timestamps.TryReadSeconds(header.Timestamp, scheme.Timestamp, out seconds)) return new(SignatureResult.MalformedTimestamp);
        }

        var check = Match(envelope, header, candidates[..header.Candidates], now);
        if (!check.IsValid || !scheme.Content.HasTimestamp || tolerance is not { } window) return check;

        // Only a genuine signature is worth a word about its time.
        return Timestamps.Check(check, seconds, window, now);
    }

    private SignatureCheck Match(Envelope envelope, in SignatureHeader header, ReadOnlySpan<Range> candidates, DateTimeOffset now)
    {
        var found = new SignatureCheck(SignatureResult.NoUsableSecret);
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var early = now < key.NotBefore;
            var late = now >= key.NotAfter;
            if (!early && !late && found.Result == SignatureResult.NoUsableSecret) found = new(SignatureResult.Mismatch);
            if (!Matches(key, envelope, header, candidates)) continue;
            if (!early && !late) return new(SignatureResult.Valid, i);
            found = new(early ? SignatureResult.SecretNotYetValid : SignatureResult.SecretExpired, i);
        }

        return found;
    }

    private bool Matches(HmacKey key, Envelope envelope, in SignatureHeader header, ReadOnlySpan<Range> candidates)
    {
        Span<char> expected = stackalloc char[LongestText];
        var hash = key.Rent();
        expected = expected[..HmacSigner.Sign(hash, scheme, new SignedParts { Body = envelope.Body.Span, Id = header.Id, Timestamp = header.Timestamp, Method = envelope.Method, Url = envelope.Url }, expected)];
        key.Return(hash);

        Span<char> given = stackalloc char[LongestText];
        var matched = false;
        foreach (var range in candidates)
        {
            var candidate = header.Signatures[range];
            if (candidate.Length != expected.Length) continue;
            if (scheme.Encoding == SignatureEncoding.Hex) candidate.ToLowerInvariant(given);
            else candidate.CopyTo(given);
            matched |= CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(given[..candidate.Length]), MemoryMarshal.AsBytes(expected));
        }

        return matched;
    }
}
