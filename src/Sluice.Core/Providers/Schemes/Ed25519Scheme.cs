namespace Sluice.Providers;

/// <summary>A sender that signs with Ed25519: the body behind a timestamp (and an id).</summary>
public sealed record Ed25519Scheme : PublicKeyScheme<Ed25519PublicKey>
{
    // What stands before the 32 bytes in SubjectPublicKeyInfo and in PKCS#8 (RFC 8410).
    private static readonly byte[] PublicKeyStart = Convert.FromHexString("302a300506032b6570032100");
    private static readonly byte[] PrivateKeyStart = Convert.FromHexString("302e020100300506032b657004220420");

    public override string Kind => "Ed25519";

    protected override (Ed25519PublicKey? Key, string? Error) ReadPublicKey(string text)
    {
        if (text.StartsWith("whsk_", StringComparison.Ordinal)) return (null, "is a private key, which only the sender has; set it to the public key, which begins with whpk_");
        var stripped = text.StartsWith("whpk_", StringComparison.Ordinal) ? text["whpk_".Length..] : text;
        if (KeyText.ReadPublic(stripped, out var error) is not { } read) return (null, error);
        var bytes = read.Bytes.AsSpan();
        if (bytes.Length == PublicKeyStart.Length + Ed25519.PublicKeySize && bytes.StartsWith(PublicKeyStart)) bytes = bytes[PublicKeyStart.Length..];
        return Ed25519PublicKey.TryCreate(bytes, out var key) ? (key, null) : (null, "is no Ed25519 public key, which has 32 bytes; set it to the key exactly as the sender shows it");
    }

    protected override bool IsGenuine(Ed25519PublicKey key, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => key.Verify(start, body, signature);

    protected override byte[] Sign(string privateKey, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body)
    {
        var stripped = privateKey.StartsWith("whsk_", StringComparison.Ordinal) ? privateKey["whsk_".Length..] : privateKey;
        var bytes = KeyText.Read(stripped, out _) is { } read ? read.Bytes.AsSpan() : default;
        if (bytes.Length == PrivateKeyStart.Length + Ed25519.SeedSize && bytes.StartsWith(PrivateKeyStart)) bytes = bytes[PrivateKeyStart.Length..];
        // Seed and public key behind each other, as many libraries write a private key.
        if (bytes.Length == Ed25519.SeedSize + Ed25519.PublicKeySize) bytes = bytes[..Ed25519.SeedSize];
        if (bytes.Length != Ed25519.SeedSize) throw new FormatException("is no Ed25519 private key, which has 32 bytes; write it in PEM, base64 or hex");
        return Ed25519.Sign(bytes, start, body);
    }
}
