using System.Text;
using Sluice.Configuration;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>The secret was not written into the configuration, or into the sender, as it is.</summary>
internal static class SecretMistakes
{
    private const string AsShown = "set the secret exactly as the sender shows it, and nothing else";

    // A shorter rest could be anybody's guess.
    private const int ShortestNamed = 8;

    // What pages, shells and files put before a secret, or what belongs there.
    private static readonly string[] Prefixes = ["whsec_", "sha256=", "Bearer ", "Basic ", "base64:", "hex:", "0x", "v1,"];

    private static readonly Cause Whitespace = new(CauseKind.SecretWhitespace, "the configured secret has white space in or around it that is not part of it", AsShown);
    private static readonly Cause SendersWhitespace = new(CauseKind.SecretWhitespace, "the sender's secret has a line end or blank behind it that the configured one lacks", "type the secret in anew at the sender, without line end");
    private static readonly Cause Quotes = new(CauseKind.SecretQuotes, "the configured secret stands in quotes that are not part of it", "take the quotes away");
    private static readonly Cause SendersQuotes = new(CauseKind.SecretQuotes, "the sender's secret stands in quotes that the configured one lacks", "type the secret in anew at the sender, without quotes");

    public static IReadOnlyList<Mistake> All { get; } = [new(WithoutWhitespace), new(WithoutQuotes), new(WithoutPrefix), new(WithPrefix)];

    /// <summary>Those that the sender makes: they are rarer.</summary>
    public static IReadOnlyList<Mistake> Senders { get; } = [new(WithSendersOwn)];

    /// <summary>The same trial with each secret that this changes; none where it changes none.</summary>
    public static IEnumerable<Trial> Change(Trial trial, Func<string, string?> change, params IEnumerable<Cause> causes)
    {
        var changed = trial.Settings.Secrets.Select(secret => (secret, Value: change(secret.Value))).Where(pair => pair.Value is { Length: > 0 } value && value != pair.secret.Value)
            .Select(pair => pair.secret with { Value = pair.Value! }).ToList();
        return changed.Count == 0 ? [] : [trial.With(trial.Settings with { Secrets = changed }, causes)];
    }

    /// <summary>Without blanks, line ends (also written as <c>\n</c>) and characters that nobody sees.</summary>
    public static string Bare(string secret)
    {
        foreach (var end in new[] { "\\r\\n", "\\n" })
        {
            if (secret.EndsWith(end, StringComparison.Ordinal)) secret = secret[..^end.Length];
        }

        return string.Concat(secret.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c) && char.GetUnicodeCategory(c) != System.Globalization.UnicodeCategory.Format));
    }

    private static IEnumerable<Trial> WithoutWhitespace(Trial trial) => Change(trial, secret => secret.Trim(), Whitespace).Concat(Change(trial, Bare, Whitespace));

    private static IEnumerable<Trial> WithoutQuotes(Trial trial) => Change(trial, secret => Unquoted(secret.Trim()), Quotes).Concat(Change(trial, Unquoted, Quotes));

    private static IEnumerable<Trial> WithoutPrefix(Trial trial)
    {
        foreach (var prefix in Prefixes)
        {
            var cause = new Cause(CauseKind.SecretPrefix, $"the configured secret begins with '{prefix}', which is not part of it here", $"take '{prefix.Trim()}' away from the configured secret");
            foreach (var stripped in Change(trial, secret => secret.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? secret[prefix.Length..] : null, cause)) yield return stripped;
        }

        // A line of an .env file or of a page.
        var named = new Cause(CauseKind.SecretPrefix, "the configured secret begins with its name", AsShown);
        foreach (var separator in new[] { '=', ':', ' ' })
        {
            foreach (var unnamed in Change(trial, secret => secret.IndexOf(separator, StringComparison.Ordinal) is > 0 and < 64 and var at && secret.Length - at > ShortestNamed ? Unquoted(secret[(at + 1)..].Trim()) : null, named)) yield return unnamed;
        }
    }

    private static IEnumerable<Trial> WithPrefix(Trial trial) =>
        Change(trial, secret => "whsec_" + secret, new Cause(CauseKind.SecretPrefix, "the configured secret lacks its prefix 'whsec_'", "set the secret with its prefix, exactly as the sender shows it"));

    // What no configuration could hold: a secret with white space is refused there.
    private static IEnumerable<Trial> WithSendersOwn(Trial trial)
    {
        foreach (var quote in new[] { '"', '\'' })
        {
            foreach (var quoted in Change(trial, secret => $"{quote}{secret}{quote}", SendersQuotes)) yield return quoted;
        }

        if (trial.Hmac is not { Key: KeyFormat.Text }) yield break;
        foreach (var end in new[] { "\n", "\r\n", " " })
        {
            yield return trial.With([.. trial.Settings.Secrets.Select(secret => Encoding.UTF8.GetBytes(secret.Value + end))], SendersWhitespace);
        }
    }

    private static string Unquoted(string text)
    {
        const string quotes = "\"'`“”‘’";
        var start = text.Length > 0 && quotes.Contains(text[0], StringComparison.Ordinal) ? 1 : 0;
        var end = text.Length > start && quotes.Contains(text[^1], StringComparison.Ordinal) ? 1 : 0;
        return text[start..^end];
    }
}
