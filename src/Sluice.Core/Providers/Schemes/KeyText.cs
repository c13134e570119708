using System.Security.Cryptography;

namespace Sluice.Providers;

/// <summary>Reads a key's text as configurations and senders write it: PEM, hex or base64.</summary>
internal static class KeyText
{
    /// <summary>No key of a sender is longer: a text beyond this is none.</summary>
    private const int Longest = 16 * 1024;

    /// <summary>The bytes and, of PEM, its label (empty of hex and base64). Null with what is wrong, never the text itself.</summary>
    public static (byte[] Bytes, string Label)? Read(string text, out string? error)
    {
        error = null;
        if (text.Length > Longest) error = "is longer than any key; set it to the sender's key alone";
        else if (PemEncoding.TryFind(text, out var fields)) return (Convert.FromBase64String(text[fields.Base64Data]), text[fields.Label]);
        else if (Hex(text) is { } hex) return (hex, "");
        else if (Base64(text) is { } base64) return (base64, "");
        else error = "is no key; write PEM, base64 or hex, exactly as the sender shows it";
        return null;
    }

    /// <summary>The public key's bytes. A private key in its place is refused: it does not belong here.</summary>
    public static (byte[] Bytes, string Label)? ReadPublic(string text, out string? error)
    {
        var read = Read(text, out error);
        if (read is not { Label: var label } || label is "" or "PUBLIC KEY" or "RSA PUBLIC KEY") return read;
        error = label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) ? "is a private key, which only the sender has; set it to the public key" : "is no public key; write the PEM block that begins with BEGIN PUBLIC KEY";
        return null;
    }

    /// <summary>The bytes of base64 in its one spelling: with padding and without anything between.</summary>
    public static bool TryDecodeBase64(ReadOnlySpan<char> text, Span<byte> bytes, out int length)
    {
        length = 0;
        if (text.IsEmpty || text.Length % 4 != 0 || text.Length / 4 * 3 > bytes.Length + 2) return false;
        if (text.IndexOfAny(" \t\r\n") >= 0 || !Convert.TryFromBase64Chars(text, bytes, out length)) return false;
        Span<char> last = stackalloc char[4];
        var tail = length % 3 == 0 ? 3 : length % 3;
        return Convert.TryToBase64Chars(bytes[(length - tail)..length], last, out _) && text[^4..].SequenceEqual(last);
    }

    private static byte[]? Hex(string text) => text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    private static byte[]? Base64(string text)
    {
        // Senders' pages break a long key into lines.
        var joined = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        var bytes = new byte[joined.Length];
        return joined.Length > 0 && Convert.TryFromBase64String(joined, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
