using System.Buffers;
using System.Text;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>The secret is text, hex or base64, and one side takes it for another of these.</summary>
internal static class EncodingMistakes
{
    public static IReadOnlyList<Mistake> All { get; } = [new(Undo)];

    private static readonly Cause Whitespace = new(CauseKind.SecretWhitespace, "what the configured secret encodes ends with a line end or blank", "encode the secret anew without line end (printf instead of echo)");

    private static IEnumerable<Trial> Undo(Trial trial) => trial.Hmac is { } hmac ? OfBytes(trial, hmac) : OfText(trial);

    // An HMAC's key is bytes: every reading of the secret gives some.
    private static IEnumerable<Trial> OfBytes(Trial trial, HmacScheme hmac)
    {
        var here = Name(hmac.Key);
        foreach (var (name, read) in Readings)
        {
            var keys = trial.Settings.Secrets.Select(secret => read(secret.Value)).OfType<byte[]>().Where(key => key.Length > 0).ToList();
            // What it is read as already is no other reading.
            if (keys.Count == 0 || keys.SequenceEqual(trial.Settings.Secrets.Select(secret => Read(secret.Value, hmac.Key) ?? []), Bytewise)) continue;
            var cause = new Cause(CauseKind.SecretEncoding, $"the sender uses the secret as {name}, and here it is read as {here}", $"set the secret in the form that this sender's secrets have, which is {here}");
            yield return trial.With(keys, cause);
            var bare = keys.Select(key => key.AsSpan().TrimEnd("\r\n "u8).ToArray()).ToList();
            if (bare.Zip(keys).Any(pair => pair.First.Length < pair.Second.Length && pair.First.Length > 0)) yield return trial.With(bare, cause, Whitespace);
        }
    }

    private static IEnumerable<Trial> OfText(Trial trial)
    {
        foreach (var (name, change) in Rewritings)
        {
            var cause = new Cause(CauseKind.SecretEncoding, $"the configured secret {name}", "set the secret exactly as the sender shows it");
            foreach (var changed in SecretMistakes.Change(trial, change, cause)) yield return changed;
        }
    }

    private static readonly (string Name, Func<string, byte[]?> Read)[] Readings =
    [
        ("the bytes of its text", Encoding.UTF8.GetBytes),
        ("the bytes of its text without whsec_", text => Bytes(Bare(text))),
        ("base64", text => Base64(Bare(text))),
        ("hex", text => Hex(Bare(text))),
        ("base64 of its text", text => Bytes(Convert.ToBase64String(Bytes(text)))),
        ("hex of its text", text => Bytes(Convert.ToHexStringLower(Bytes(text)))),
        ("text with percent escapes undone", text => text.Contains('%', StringComparison.Ordinal) ? Bytes(Uri.UnescapeDataString(text)) : null),
        ("lower-case text", text => Bytes(text.ToLowerInvariant())),
        ("upper-case text", text => Bytes(text.ToUpperInvariant())),
    ];

    private static readonly (string Name, Func<string, string?> Change)[] Rewritings =
    [
        ("is base64 of the secret", text => Base64(text) is { } bytes && Printable(bytes) ? Encoding.UTF8.GetString(bytes).TrimEnd() : null),
        ("is hex of the secret", text => Hex(text) is { } bytes && Printable(bytes) ? Encoding.UTF8.GetString(bytes).TrimEnd() : null),
        ("is base64 where the key is hex", text => Base64(text) is { } bytes ? Convert.ToHexString(bytes) : null),
        ("is text where the key is hex", text => Convert.ToHexString(Bytes(text))),
        ("has percent escapes in it", text => text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : null),
        ("has its two keys in the wrong order", text => text.Split('|') is [var first, var second] ? $"{second}|{first}" : null),
    ];

    private static readonly EqualityComparer<byte[]> Bytewise = EqualityComparer<byte[]>.Create(static (one, other) => one.AsSpan().SequenceEqual(other), static bytes => bytes.Length);

    private static byte[]? Read(string secret, KeyFormat format) => format switch
    {
        KeyFormat.Whsec => Base64(Bare(secret)),
        KeyFormat.Base64 => Base64(secret),
        KeyFormat.Hex => Hex(secret),
        _ => Bytes(secret),
    };

    private static string Name(KeyFormat format) => format switch
    {
        KeyFormat.Whsec => "base64 behind whsec_",
        KeyFormat.Hex => "hex",
        KeyFormat.Base64 => "base64",
        _ => "the bytes of its text",
    };

    private static string Bare(string text) => text.StartsWith("whsec_", StringComparison.Ordinal) ? text["whsec_".Length..] : text;

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[]? Hex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return text.Length % 2 == 0 && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done ? bytes : null;
    }

    private static byte[]? Base64(string text)
    {
        var usual = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var bytes = new byte[usual.Length];
        return Convert.TryFromBase64String(usual.PadRight((usual.Length + 3) / 4 * 4, '='), bytes, out var length) && length > 0 ? bytes[..length] : null;
    }

    private static bool Printable(byte[] bytes) => bytes.All(b => b is >= 0x20 and < 0x7f or (byte)'\n' or (byte)'\r');
}
