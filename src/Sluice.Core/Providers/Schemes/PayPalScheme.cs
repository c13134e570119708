using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Providers;

/// <summary>
/// PayPal: RSA with SHA-256 (PKCS#1 v1.5) over <c>id|time|webhook id|CRC-32 of the body</c>, with the key of a certificate whose address the
/// request names, or with the source's <c>PublicKeys</c>. Of the body only a checksum is signed: who has seen one request can make another body
/// for it. That is the sender's scheme, and only its API knows better.
/// </summary>
public sealed record PayPalScheme(KeyClient Client, X509Certificate2Collection? Roots, string WebhookId) : SignatureScheme
{
    private const string Id = "paypal-transmission-id";
    private const string Time = "paypal-transmission-time";
    private const string SignatureName = "paypal-transmission-sig";
    private const string CertificateUrl = "paypal-cert-url";
    private const string AlgorithmName = "paypal-auth-algo";
    private const string Algorithm = "SHA256withRSA";
    private const int LongestPart = 128;

    public override string Kind => "RSA-SHA256";

    public override bool ChecksPublicKeys => true;

    public override IReadOnlyList<string> HeaderNames { get; } = [Id, Time, SignatureName, CertificateUrl, AlgorithmName];

    public override ISignatureVerifier? Prepare(SourceSettings settings, ICollection<ConfigurationError> errors)
    {
        RefuseSecrets(settings, errors);
        if (settings.PublicKeys.Count == 0)
        {
            var known = new KnownNetworks();
            return new Verifier(WebhookId, null, new PayPalCertificates(Client, Roots, known), known, settings.Tolerance ?? Tolerance);
        }

        return DatedKeys.Read(settings.PublicKeys, settings.Name, errors, RsaKey.Read) is { } keys ? new Verifier(WebhookId, keys, null, null, settings.Tolerance ?? Tolerance) : null;
    }

    public override byte[]? SignedText(Envelope envelope) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{envelope.Headers.First(Id)}|{envelope.Headers.First(Time)}|{WebhookId}|{Crc32.Of(envelope.Body.Span)}"));

    public override long? SignedAt(Envelope envelope) => Timestamps.TryReadSeconds(envelope.Headers.First(Time), TimestampFormat.Iso8601, out var seconds) ? seconds : null;

    public override SentRequest Sign(SentRequest request, SourceSettings settings, string secret, DateTimeOffset at)
    {
        using var key = RSA.Create();
        PrivateKeys.Import(key, secret, "an RSA private key");
        var time = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var id = request.Id.Length > 0 ? request.Id : "00000000-0000-0000-0000-000000000000";
        var text = string.Create(CultureInfo.InvariantCulture, $"{id}|{time}|{WebhookId}|{Crc32.Of(request.Body.Span)}");
        var signature = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return request.With(
            new(Id, id), new(Time, time), new(SignatureName, signature), new(CertificateUrl, "https://api.paypal.com/v1/notifications/certs/CERT-0"), new(AlgorithmName, Algorithm));
    }

    private sealed class Verifier(string webhookId, IReadOnlyList<DatedKey<RsaKey>>? own, PayPalCertificates? certificates, KnownNetworks? known, TimeSpan? tolerance) : ISignatureVerifier
    {
        public int Keys => own?.Count ?? 0;

        public bool IsUsable(DateTimeOffset now) => own is null || DatedKeys.IsUsable(own, now);

        public ValueTask FetchAsync(Envelope envelope, CancellationToken cancellationToken)
        {
            Span<byte> signature = stackalloc byte[1024];
            // Only what could be genuine is worth a question.
            return certificates is not null && Read(envelope.Headers, signature, out var read) == SignatureResult.Valid && PayPalCertificates.IsTrusted(read.CertificateUrl, out var url)
                ? certificates.FetchAsync(url!, envelope.RemoteAddress, envelope.ReceivedAt)
                : ValueTask.CompletedTask;
        }

        public SignatureCheck Verify(Envelope envelope, DateTimeOffset now)
        {
            Span<byte> bytes = stackalloc byte[1024];
            var fault = Read(envelope.Headers, bytes, out var read);
            if (fault != SignatureResult.Valid) return new(fault);
            var seconds = 0L;
            if (tolerance is not null && !Timestamps.TryReadSeconds(read.Time, TimestampFormat.Iso8601, out seconds)) return new(SignatureResult.MalformedTimestamp);

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            HashSigned(read, envelope.Body.Span, hash);
            var check = Check(read, hash, bytes[..read.Signature], now);
            if (check.IsValid) known?.Add(envelope.RemoteAddress);
            return check.IsValid && tolerance is { } window ? Timestamps.Check(check, seconds, window, now) : check;
        }

        private SignatureCheck Check(in Parts read, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature, DateTimeOffset now)
        {
            if (own is not null) return DatedKeys.Find(own, now, new Signed(hash, signature), static (key, signed) => key.Verify(signed.Hash, HashAlgorithmName.SHA256, signed.Signature));
            if (!PayPalCertificates.IsTrusted(read.CertificateUrl, out var url)) return new(SignatureResult.UntrustedKey);
            var (key, fault) = certificates!.Find(url!, now);
            return key is null ? new(fault) : key.Verify(hash, HashAlgorithmName.SHA256, signature) ? new(SignatureResult.Valid, 0) : new(SignatureResult.Mismatch);
        }

        private void HashSigned(in Parts read, ReadOnlySpan<byte> body, Span<byte> hash)
        {
            var text = ArrayPool<byte>.Shared.Rent((3 * ((2 * LongestPart) + webhookId.Length)) + 16);
            var length = Encoding.UTF8.GetBytes(read.Id, text);
            text[length++] = (byte)'|';
            length += Encoding.UTF8.GetBytes(read.Time, text.AsSpan(length));
            text[length++] = (byte)'|';
            length += Encoding.UTF8.GetBytes(webhookId, text.AsSpan(length));
            text[length++] = (byte)'|';
            Crc32.Of(body).TryFormat(text.AsSpan(length), out var written, default, CultureInfo.InvariantCulture);
            SHA256.HashData(text.AsSpan(0, length + written), hash);
            ArrayPool<byte>.Shared.Return(text);
        }

        private static SignatureResult Read(HeaderList headers, Span<byte> bytes, out Parts read)
        {
            read = default;
            var signature = headers.Single(SignatureName, out var signatures);
            var id = headers.Single(Id, out var ids);
            var time = headers.Single(Time, out var times);
            var url = headers.Single(CertificateUrl, out var urls);
            var algorithm = headers.Single(AlgorithmName, out var algorithms);
            if (signatures > 1 || ids > 1 || times > 1 || urls > 1 || algorithms > 1) return SignatureResult.AmbiguousHeader;
            if (string.IsNullOrEmpty(signature)) return SignatureResult.MissingSignature;
            if (string.IsNullOrEmpty(id)) return SignatureResult.MissingId;
            if (string.IsNullOrEmpty(time)) return SignatureResult.MissingTimestamp;
            // A separator within a part would make one text of several.
            if (id.Length > LongestPart || time.Length > LongestPart || id.Contains('|', StringComparison.Ordinal) || time.Contains('|', StringComparison.Ordinal)) return SignatureResult.MalformedSignature;
            if (algorithm != Algorithm || !KeyText.TryDecodeBase64(signature, bytes, out var length)) return SignatureResult.MalformedSignature;
            read = new Parts(id, time, url ?? "", length);
            return SignatureResult.Valid;
        }
    }

    private readonly record struct Parts(string Id, string Time, string CertificateUrl, int Signature);

    private readonly ref struct Signed(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        public ReadOnlySpan<byte> Hash { get; } = hash;

        public ReadOnlySpan<byte> Signature { get; } = signature;
    }
}
