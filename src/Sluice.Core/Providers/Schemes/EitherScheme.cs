using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>A source that has secrets and public keys: one genuine signature is enough, of either kind.</summary>
public sealed record EitherScheme(HmacScheme Shared, Ed25519Scheme Public) : SignatureScheme
{
    public override string Kind => $"{Shared.Kind} or {Public.Kind}";

    public override bool ChecksPublicKeys => true;

    public override IReadOnlyList<string> HeaderNames => Shared.HeaderNames;

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        var (secrets, keys) = (Shared.Prepare(settings, errors), Public.PrepareKeys(settings, errors));
        return secrets is null || keys is null ? null : new Verifier(secrets, keys);
    }

    public override byte[]? SignedText(Envelope envelope) => Shared.SignedText(envelope);

    public override long? SignedAt(Envelope envelope) => Shared.SignedAt(envelope) ?? Public.SignedAt(envelope);

    /// <summary>Signs as the secret is written: a private key begins with <c>whsk_</c>.</summary>
    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at) =>
        secret.StartsWith("whsk_", StringComparison.Ordinal) ? Public.Sign(request, settings, secret, at) : Shared.Sign(request, settings, secret, at);

    private sealed class Verifier(ISignatureVerifier secrets, ISignatureVerifier keys) : ISignatureVerifier
    {
        public int Keys => secrets.Keys + keys.Keys;

        public bool IsUsable(DateTimeOffset now) => secrets.IsUsable(now) || keys.IsUsable(now);

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            var shared = secrets.Verify(envelope, now);
            if (shared.IsValid) return shared;
            var own = keys.Verify(envelope, now);
            // A key that was met says most, if only that it came too late; what was not there at all says less than what was there and did not fit.
            if (shared.Secret >= 0 && !own.IsValid) return shared;
            return own.IsValid || own.Secret >= 0 || shared.Result is SignatureResult.MalformedSignature or SignatureResult.NoUsableSecret ? own : shared;
        }
    }
}
