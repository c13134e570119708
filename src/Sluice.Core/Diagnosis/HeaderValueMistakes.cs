using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>The header of the proof is there, and something changed how it is written.</summary>
internal static class HeaderValueMistakes
{
    public static IReadOnlyList<Mistake> All { get; } = [new(Undo, MendsForm: true)];

    private static IEnumerable<Trial> Undo(Trial trial)
    {
        foreach (var name in trial.HeaderNames)
        {
            if (trial.Envelope.Headers.Single(name, out _) is not { Length: > 0 and <= HeaderMistakes.LongestValue } value) continue;
            foreach (var (text, mended) in HeaderMistakes.IsProof(trial, name) ? Cleaned(value).Concat(Mended(trial, value)) : Cleaned(value))
            {
                if (mended != value && mended.Length > 0) yield return trial.With(trial.Envelope.Headers.With(name, mended), new Cause(CauseKind.HeaderMalformed, $"{name} {text}", $"have {name} arrive exactly as the sender writes it"));
            }
        }
    }

    private static IEnumerable<(string Text, string Value)> Cleaned(string value)
    {
        yield return ("has blanks around it", value.Trim());
        yield return ("stands in quotes", value.Trim().Trim('"', '\''));
        if (value.Contains('%', StringComparison.Ordinal)) yield return ("arrived with percent escapes", Uri.UnescapeDataString(value));
    }

    private static IEnumerable<(string Text, string Value)> Mended(Trial trial, string value)
    {
        if (trial.Hmac is { Encoding: SignatureEncoding.HexLower }) yield return ("arrived in upper case", value.ToLowerInvariant());
        if (Prefix(trial) is { } prefix)
        {
            if (!value.StartsWith(prefix, StringComparison.Ordinal)) yield return ($"lacks its prefix '{prefix.Trim()}'", prefix + value);
            if (value.IndexOfAny(['=', ':', ' ', ',']) is > 0 and < 16 and var at) yield return (prefix.Length > 0 ? $"has another prefix than '{prefix.Trim()}'" : "has a prefix that does not belong there", prefix + value[(at + 1)..].TrimStart());
        }

        if (trial.Hmac is { Form: SignatureForm.Pairs } pairs)
        {
            yield return ("has blanks between its parts", value.Replace(" ", "", StringComparison.Ordinal));
            yield return ("has other signs between its parts", value.Replace(pairs.Separator == ';' ? ',' : ';', pairs.Separator));
            yield break;
        }

        if (trial.Hmac is { Encoding: not SignatureEncoding.Base64 }) yield break;
        // Base64 that went through a form or was made for URLs.
        if (value.Contains(' ', StringComparison.Ordinal)) yield return ("has blanks where a plus was", value.Replace(' ', '+'));
        if (value.AsSpan().ContainsAny('-', '_')) yield return ("is written in base64 for URLs", Padded(value.Replace('-', '+').Replace('_', '/')));
        yield return ("lost the padding of its base64", Padded(value));
    }

    private static string Padded(string value)
    {
        var start = value.StartsWith("sha", StringComparison.Ordinal) ? value.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        return value.PadRight(start + ((value.Length - start + 3) / 4 * 4), '=');
    }

    private static string? Prefix(Trial trial) => trial.Scheme switch
    {
        TokenScheme { Prefix.Length: > 0 } token => token.Prefix,
        TokenScheme => "",
        JwtScheme => "Bearer ",
        _ when trial.Hmac is { Form: SignatureForm.Single, Prefix.Length: > 0 } hmac => hmac.Prefix,
        HmacScheme { Form: SignatureForm.Single } => "",
        _ => null,
    };
}
