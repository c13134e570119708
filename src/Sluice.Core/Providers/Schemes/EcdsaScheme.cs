using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>A sender that signs with ECDSA on the curve P-256 over SHA-256, the signature in DER: a timestamp's text with the body behind it.</summary>
public sealed record EcdsaScheme : PublicKeyScheme<EcdsaKey>
{
    public override string Kind => "ECDSA P-256";

    protected override (EcdsaKey? Key, string? Error) ReadPublicKey(string text)
    {
        if (KeyText.ReadPublic(text, out var error) is not { } read) return (null, error);
        return EcdsaKey.TryCreate(read.Bytes) is { } key ? (key, null) : (null, "is no public key of the curve P-256; set it to the key exactly as the sender shows it");
    }

    protected override bool IsGenuine(EcdsaKey key, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body, ReadOnlySpan<byte> signature) => key.Verify(start, body, signature);

    protected override byte[] Sign(string privateKey, ReadOnlySpan<byte> start, ReadOnlySpan<byte> body)
    {
        using var key = ECDsa.Create();
        PrivateKeys.Import(key, privateKey, "an ECDSA private key");
        return key.SignData((byte[])[.. start, .. body], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
