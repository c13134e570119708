using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>Reads the private keys that <c>sluice send</c> signs with, in PKCS#8 as PEM, base64 or hex.</summary>
internal static class PrivateKeys
{
    /// <exception cref="FormatException">It cannot be read; the message never shows it.</exception>
    public static void Import(AsymmetricAlgorithm key, string text, string what)
    {
        try
        {
            if (text.Contains("-----BEGIN", StringComparison.Ordinal)) key.ImportFromPem(text);
            else if (KeyText.Read(text, out _) is { } read) key.ImportPkcs8PrivateKey(read.Bytes, out _);
            else throw new FormatException($"is not {what}; write it in PEM");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new FormatException($"is not {what}; write it in PEM", e);
        }
    }
}
