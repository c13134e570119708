using System.Security.Cryptography;
using System.Text;
using Sluice.Providers;

namespace Sluice.Contracts.Catalogue;

/// <summary>Keys for tests: what a sender signs with and what its source is given. The same number gives the same pair in one run.</summary>
public sealed record TestKeys(string Signs, string Checks)
{
    private static readonly RSA[] RsaKeys = [RSA.Create(2048), RSA.Create(2048)];
    private static readonly ECDsa[] EcdsaKeys = [ECDsa.Create(ECCurve.NamedCurves.nistP256), ECDsa.Create(ECCurve.NamedCurves.nistP256)];

    /// <summary>One text for both, of 32 letters.</summary>
    public static TestKeys Text(string name, int number) => Same(Convert.ToHexStringLower(Bytes(name, number))[..32]);

    public static TestKeys Whsec(string name, int number) => Same("whsec_" + Convert.ToBase64String(Bytes(name, number)));

    public static TestKeys Hex(string name, int number) => Same(Convert.ToHexString(Bytes(name, number)));

    public static TestKeys Base64(string name, int number) => Same(Convert.ToBase64String(Bytes(name, number)));

    /// <summary>A user and a password.</summary>
    public static TestKeys Password(string name, int number) => Same($"user:{Text(name, number).Signs}");

    /// <summary>A public and a private text, joined by a bar.</summary>
    public static TestKeys Pair(string name, int number) => Same($"sluice_public_key|{Text(name, number).Signs}");

    /// <summary>A seed and its public key, both in hex.</summary>
    public static TestKeys Ed25519(string name, int number)
    {
        var seed = Bytes(name, number);
        return new(Convert.ToHexStringLower(seed), Convert.ToHexStringLower(Providers.Ed25519.PublicKey(seed)));
    }

    /// <summary>PKCS #8 in PEM, and the public key as base64 of its SPKI.</summary>
    public static TestKeys Ecdsa(string name, int number) =>
        new(EcdsaKeys[number].ExportPkcs8PrivateKeyPem(), Convert.ToBase64String(EcdsaKeys[number].ExportSubjectPublicKeyInfo()));

    /// <summary>Both in PEM.</summary>
    public static TestKeys Rsa(string name, int number) => new(RsaKeys[number].ExportPkcs8PrivateKeyPem(), RsaKeys[number].ExportSubjectPublicKeyInfoPem());

    private static TestKeys Same(string key) => new(key, key);

    private static byte[] Bytes(string name, int number) => SHA256.HashData(Encoding.UTF8.GetBytes($"{name} {number}"));
}
