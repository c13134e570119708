using System.Security.Cryptography;
using Sluice.LocalHost.Commands;
using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>A secret of the same kind that the receiver cannot have.</summary>
internal static class OtherSecret
{
    private const int MostTries = 40;

    /// <summary>Null where a secret proves nothing.</summary>
    public static SendSecret? Of(SendTarget target, SentRequest unsigned, DateTimeOffset at, Random random)
    {
        var genuine = target.Secret.Sign(unsigned, target.Settings, at);
        foreach (var candidate in target.Scheme.ChecksPublicKeys && !IsShared(target.Secret.Value!) ? PrivateKeys() : Changed(target.Secret.Value!, random))
        {
            var other = target.Secret with { Value = candidate };
            if (TrySign(target, other, unsigned, at) is { } forged && !SentRequests.AreSame(genuine, forged)) return other;
        }

        return null;
    }

    // Standard Webhooks has both kinds at once.
    private static bool IsShared(string secret) => secret.StartsWith("whsec_", StringComparison.Ordinal);

    private static IEnumerable<string> PrivateKeys()
    {
        yield return Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        using (var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256)) yield return curve.ExportPkcs8PrivateKeyPem();
        using var rsa = RSA.Create(2048);
        yield return rsa.ExportPkcs8PrivateKeyPem();
    }

    // Another letter or digit in the second half: what stands before it, a prefix or a name, stays.
    private static IEnumerable<string> Changed(string secret, Random random) =>
        Enumerable.Range(0, secret.Length == 0 ? 0 : MostTries).Select(_ => OtherText.Change(secret, random.Next(secret.Length / 2, secret.Length)));

    private static SentRequest? TrySign(SendTarget target, SendSecret secret, SentRequest unsigned, DateTimeOffset at)
    {
        try
        {
            return target.Scheme.Sign(unsigned, target.Settings, secret.Value!, at);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>Text with one character changed into another of its kind, so that hex stays hex and base64 stays base64.</summary>
internal static class OtherText
{
    public static string Change(string text, int at) => string.Concat(text.AsSpan(0, at), [Change(text[at])], text.AsSpan(at + 1));

    public static char Change(char c) => c switch
    {
        '0' or 'a' or 'A' => (char)(c + 1),
        >= '1' and <= '9' or >= 'b' and <= 'z' or >= 'B' and <= 'Z' => (char)(c - 1),
        _ => c,
    };
}
