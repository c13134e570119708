using System.Security.Cryptography;
using System.Text.Json;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// Travis CI: RSA with SHA-1 (PKCS#1 v1.5), base64 in <c>Signature</c>, over the decoded form field <c>payload</c>. The public key is the source's,
/// or fetched from Travis' own address, which is part of the code and of no request.
/// </summary>
public sealed record TravisScheme(KeyClient Client) : SignatureScheme
{
    private const string Header = "Signature";

    private static readonly Uri Published = new("https://api.travis-ci.com/config");

    public override string Kind => "RSA-SHA1";

    public override bool ChecksPublicKeys => true;

    public override IReadOnlyList<string> HeaderNames { get; } = [Header];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RefuseSecrets(settings, errors);
        if (settings.PublicKeys.Count == 0) return new Verifier([], new FetchedKeys<DatedKey<RsaKey>>(FetchAsync));
        return DatedKeys.Read(settings.PublicKeys, settings.Name, errors, RsaKey.Read) is { } keys ? new Verifier(keys, null) : null;
    }

    public override byte[]? SignedText(Envelope envelope) => FormBody.Exactly(envelope.Body.Span, "payload") is [var payload] ? payload : null;

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        using var key = RSA.Create();
        PrivateKeys.Import(key, secret, "an RSA private key");
        var payload = FormBody.Exactly(request.Body.Span, "payload") is [var value] ? value : throw new FormatException("the body is no form with one field payload");
#pragma warning disable CA5350 // The sender's choice.
        return request.With(new KeyValuePair<string, string>(Header, Convert.ToBase64String(key.SignData(payload, HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1))));
#pragma warning restore CA5350
    }

    private async Task<IReadOnlyList<DatedKey<RsaKey>>?> FetchAsync() =>
        await Client.GetAsync(Published, CancellationToken.None) is { } bytes && ReadKey(bytes) is { } key ? [new(key)] : null;

    private static RsaKey? ReadKey(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var at = document.RootElement;
            foreach (var name in new[] { "config", "notifications", "webhook", "public_key" })
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
            }

            return at.ValueKind == JsonValueKind.String ? RsaKey.Read(at.GetString()!).Key : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private sealed class Verifier(IReadOnlyList<DatedKey<RsaKey>> own, FetchedKeys<DatedKey<RsaKey>>? fetched) : ISignatureVerifier
    {
        private IReadOnlyList<DatedKey<RsaKey>> Current => fetched?.Current ?? own;

        int ISignatureVerifier.Keys => Current.Count;

        public bool IsUsable(DateTimeOffset now) => fetched is null ? DatedKeys.IsUsable(own, now) : !fetched.IsUnavailable;

        public async ValueTask FetchAsync(Envelope envelope, CancellationToken cancellationToken)
        {
            var now = envelope.ReceivedAt;
            if (fetched?.MayChange(envelope.RemoteAddress, now) != true) return;
            // A key that does not fit may be an old one; a request that shows no signature is worth no question.
            var found = Verify(envelope, now).Result;
            if (found is SignatureResult.Mismatch or SignatureResult.KeyUnavailable || (found == SignatureResult.Valid && fetched.IsOld(now))) await fetched.RefreshAsync(envelope.RemoteAddress, now);
        }

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            var text = envelope.Headers.Single(Header, out var count);
            if (count > 1) return new(SignatureResult.AmbiguousHeader);
            if (string.IsNullOrEmpty(text)) return new(SignatureResult.MissingSignature);
            Span<byte> signature = stackalloc byte[1024];
            if (!KeyText.TryDecodeBase64(text, signature, out var length)) return new(SignatureResult.MalformedSignature);
            if (Current.Count == 0) return new(SignatureResult.KeyUnavailable);
            if (FormBody.Exactly(envelope.Body.Span, "payload") is not [var payload]) return new(SignatureResult.Mismatch);

            Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
            Hashes.Sha1(payload, [], hash);
            var check = DatedKeys.Find(Current, now, new Signed(hash, signature[..length]), static (key, signed) => key.Verify(signed.Hash, HashAlgorithmName.SHA1, signed.Signature));
            if (check.IsValid) fetched?.WasGenuine(envelope.RemoteAddress);
            return check;
        }
    }

    private readonly ref struct Signed(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        public ReadOnlySpan<byte> Hash { get; } = hash;

        public ReadOnlySpan<byte> Signature { get; } = signature;
    }
}
