using Sluice.Configuration;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>One way in which a request may have been meant: an envelope, and what it is checked with. Undoing a mistake makes another of it.</summary>
internal sealed record Trial(SignatureScheme Scheme, SourceSettings Settings, Envelope Envelope)
{
    /// <summary>What checks it, where that is there already; else it is made of scheme and settings.</summary>
    public ISignatureVerifier? Verifier { get; init; }

    /// <summary>Keys in bytes that no setting could say: they count instead of the secrets where the scheme is HMAC.</summary>
    public IReadOnlyList<byte[]>? Keys { get; init; }

    /// <summary>The mistakes that were undone.</summary>
    public IReadOnlyList<Cause> Causes { get; init; } = [];

    /// <summary>The scheme where it is HMAC, alone or beside public keys.</summary>
    public HmacScheme? Hmac => Scheme as HmacScheme ?? (Scheme as EitherScheme)?.Shared;

    /// <summary>Whether the bytes of the body matter to it.</summary>
    public bool LooksAtBody => Scheme is not (TokenScheme or PathSecretScheme or JwtScheme);

    /// <summary>How many signatures it brings that are each compared with each public key.</summary>
    public int Signatures => Scheme switch
    {
        EitherScheme either => Count(either.Public.Headers, new(either.Public.Form, either.Public.Prefix)),
        Ed25519Scheme curve => Count(curve.Headers, new(curve.Form, curve.Prefix)),
        EcdsaScheme ecdsa => Count(ecdsa.Headers, new(ecdsa.Form, ecdsa.Prefix)),
        _ => 1,
    };

    /// <summary>The headers that it reads.</summary>
    public IEnumerable<string> HeaderNames => Scheme.HeaderNames.Concat(Scheme.CredentialNames).Distinct(StringComparer.OrdinalIgnoreCase);

    public SignatureCheck Check(DateTimeOffset now) => Prepared?.Verify(Envelope, now) ?? new(SignatureResult.NoUsableSecret);

    /// <summary>The same request with other bytes.</summary>
    public Trial With(byte[] body, Cause cause) => this with { Envelope = Envelope with { Body = body }, Causes = [.. Causes, cause] };

    /// <summary>The same request with other headers.</summary>
    public Trial With(HeaderList headers, Cause cause) => this with { Envelope = Envelope with { Headers = headers }, Causes = [.. Causes, cause] };

    /// <summary>The same request as called by another URL.</summary>
    public Trial With(string url, params IEnumerable<Cause> causes) => this with { Envelope = Envelope with { Url = url }, Causes = [.. Causes, .. causes] };

    /// <summary>The same request, checked with other secrets or keys.</summary>
    public Trial With(SourceSettings settings, params IEnumerable<Cause> causes) => this with { Settings = settings, Verifier = null, Keys = null, Causes = [.. Causes, .. causes] };

    /// <summary>The same request, checked with this key.</summary>
    public Trial With(IReadOnlyList<byte[]> keys, params IEnumerable<Cause> causes) => this with { Keys = keys, Verifier = null, Causes = [.. Causes, .. causes] };

    /// <summary>The same request, checked in another way.</summary>
    public Trial With(SignatureScheme scheme, Cause cause) => this with { Scheme = scheme, Verifier = null, Causes = [.. Causes, cause] };

    private ISignatureVerifier? Prepared => Verifier
        ?? (Keys is not null && Hmac is { } hmac ? new HmacVerifier(hmac, [.. Keys.Select(key => HmacKey.Of(hmac.Algorithm, key))], Settings.Tolerance ?? hmac.Tolerance)
        : Scheme.Prepare(Settings, []));

    private int Count(IReadOnlyList<SignatureHeaders> sets, SignatureLayout layout)
    {
        Span<Range> candidates = stackalloc Range[SignatureHeader.MostCandidates];
        return SignatureHeader.Read(Envelope.Headers, sets, layout, candidates, out var header) == SignatureResult.Valid ? header.Candidates : 0;
    }

    public override string ToString() => nameof(Trial);
}
