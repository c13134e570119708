using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Sluice.Contracts;

namespace Sluice.Core.Tests.Senders;

/// <summary>The <c>openssl</c> command with keys that it made itself. Tests that need it are skipped where it is missing.</summary>
public sealed class OpenSsl : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sluice-openssl-").FullName;
    private readonly string missing;

    public OpenSsl()
    {
        missing = WhyMissing();
        if (missing.Length > 0) return;
        Run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", PathOf("rsa"));
        Run("genpkey", "-algorithm", "ED25519", "-out", PathOf("ed25519"));
    }

    /// <summary>The RSA key's public half in PEM, without the line end behind it.</summary>
    public string RsaPublicKey => Encoding.ASCII.GetString(Run("pkey", "-in", PathOf("rsa"), "-pubout")).TrimEnd();

    /// <summary>The Ed25519 key's public half: the last 32 bytes of its DER.</summary>
    public byte[] Ed25519PublicKey => Run("pkey", "-in", PathOf("ed25519"), "-pubout", "-outform", "DER")[^32..];

    public void SkipWhereMissing() => Assert.SkipWhen(missing.Length > 0, missing);

    public byte[] HmacSha256(string key, string text) => Run("dgst", "-sha256", "-mac", "HMAC", "-macopt", $"key:{key}", "-binary", PathOf("text", text));

    public byte[] HmacSha1(string key, string text) => Run("dgst", "-sha1", "-mac", "HMAC", "-macopt", $"key:{key}", "-binary", PathOf("text", text));

    public byte[] RsaSha256(string text) => Run("dgst", "-sha256", "-sign", PathOf("rsa"), "-binary", PathOf("text", text));

    public byte[] RsaSha1(string text) => Run("dgst", "-sha1", "-sign", PathOf("rsa"), "-binary", PathOf("text", text));

    // Ed25519 needs to know how long the text is: only a file says that.
    public byte[] Ed25519(string text) => Run("pkeyutl", "-sign", "-rawin", "-inkey", PathOf("ed25519"), "-in", PathOf("text", text));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Others of the same name, and older ones, lack parts of it.
    private static string WhyMissing()
    {
        try
        {
            var version = Encoding.ASCII.GetString(Run("version"));
            return version.StartsWith("OpenSSL ", StringComparison.Ordinal) && version[8] >= '3' ? "" : $"openssl 3 or newer is needed, this is {version.Trim()}";
        }
        catch (Win32Exception e)
        {
            return $"openssl cannot be started: {e.Message}";
        }
    }

    private string PathOf(string name) => Path.Combine(folder, name);

    private string PathOf(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private static byte[] Run(params string[] arguments)
    {
        var ended = ShortProcess.RunAsync(new("openssl", arguments)).GetAwaiter().GetResult();
        Assert.True(ended.ExitCode == 0, $"openssl {arguments[0]}: {ended.Error}");
        return ended.Output;
    }
}
