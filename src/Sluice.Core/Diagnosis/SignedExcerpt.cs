using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Configuration;

namespace Sluice.Diagnosis;

/// <summary>The part of a signed text that people want to see: bounded, in one line, without anything that a terminal obeys, and without a secret.</summary>
internal static partial class SignedExcerpt
{
    private const int Before = 60;
    private const int Longest = 240;
    private const int ShortestSecret = 4;

    /// <param name="sent">Null where it is not known.</param>
    public static SignedText? Of(byte[]? received, byte[]? sent, SluiceConfiguration configuration, SourceSettings settings)
    {
        if (received is null) return null;
        var secrets = Secrets(configuration, settings);
        if (sent is null || sent.AsSpan().SequenceEqual(received)) return new(Show(received, 0, secrets));
        var at = received.AsSpan().CommonPrefixLength(sent);
        // Not in the middle of a letter.
        var start = Math.Max(0, at - Before);
        while (start > 0 && (received[start] & 0xc0) == 0x80) start--;
        return new(Show(received, start, secrets), Show(sent, start, secrets), at);
    }

    // Wherever a secret stands in it, whole: what is only cut by the excerpt's ends is masked first.
    private static string Show(byte[] text, int start, List<byte[]> secrets)
    {
        var margin = secrets.Count == 0 ? 0 : secrets.Max(secret => secret.Length);
        var from = Math.Max(0, start - margin);
        var to = Math.Min(text.Length, start + Longest + margin);
        var window = text[from..to];
        foreach (var secret in secrets)
        {
            for (var at = 0; window.AsSpan(at).IndexOf(secret) is >= 0 and var found; at += found + 1) window.AsSpan(at + found, secret.Length).Fill((byte)'*');
        }

        var length = Math.Min(Longest, text.Length - start);
        var shown = UserInfo().Replace(Printed(window.AsSpan(start - from, length)), "://***@");
        return $"{(start > 0 ? "…" : "")}{shown}{(start + length < text.Length ? "…" : "")}";
    }

    private static string Printed(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) != OperationStatus.Done)
            {
                foreach (var b in bytes[..length]) text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            }
            else
            {
                _ = rune.Value switch
                {
                    '\n' => text.Append("\\n"),
                    '\r' => text.Append("\\r"),
                    '\t' => text.Append("\\t"),
                    _ when IsHidden(rune) => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => text.Append(rune),
                };
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    // Also what turns the direction of writing, and what has no width.
    private static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    private static List<byte[]> Secrets(SluiceConfiguration configuration, SourceSettings settings)
    {
        var all = configuration.Settings.Sources.Append(settings).SelectMany(source => source.Secrets.Select(secret => secret.Value).Append(source.VerifyToken)).Append(configuration.Settings.OpsToken);
        return [.. all.OfType<string>().SelectMany(Spellings).Where(secret => secret.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
    }

    private static IEnumerable<string> Spellings(string secret)
    {
        var bare = SecretMistakes.Bare(secret);
        var value = bare.StartsWith("whsec_", StringComparison.Ordinal) ? bare["whsec_".Length..] : bare;
        return [bare, value, Uri.EscapeDataString(bare), Convert.ToBase64String(Encoding.UTF8.GetBytes(bare)), .. bare.Split(':', '|').Skip(1)];
    }

    [GeneratedRegex("://[^/?#@]*@")]
    private static partial Regex UserInfo();
}
