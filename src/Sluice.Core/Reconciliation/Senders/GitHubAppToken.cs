using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Sluice.Providers;

namespace Sluice.Reconciliation.Senders;

/// <summary>
/// What a GitHub App signs in with: a JWT of its client id, RS256 with its private key, made a minute earlier because clocks differ, and valid
/// for less than the ten minutes that GitHub allows. (docs.github.com, generating a JSON Web Token for a GitHub App, read 2026-11-22.)
/// </summary>
internal static class GitHubAppToken
{
    private static readonly TimeSpan Earlier = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(9);

    public static bool IsKey(string pem)
    {
        using var key = RSA.Create();
        return TryImport(key, pem);
    }

    public static string Create(string pem, string clientId, DateTimeOffset now)
    {
        using var key = RSA.Create();
        if (!TryImport(key, pem)) throw new SenderLogException("the private key of the GitHub App cannot be read; put its PEM file into Reconcile:Token");
        var claims = $$"""{"iat":{{(now - Earlier).ToUnixTimeSeconds()}},"exp":{{(now + Lifetime).ToUnixTimeSeconds()}},"iss":{{Json.Text(clientId)}}}""";
        var signed = $"{Encode("""{"alg":"RS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    private static bool TryImport(RSA key, string pem)
    {
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
