namespace Sluice.Events;

/// <summary>Strangers' text made fit to be shown: one line, bounded, no control characters that a terminal or a log would obey.</summary>
public static class SafeText
{
    /// <summary>Replaces control characters by <c>?</c> and cuts at <paramref name="limit"/> characters. The usual text is returned as it is.</summary>
    public static string OneLine(string text, int limit = 300)
    {
        if (text.Length <= limit && !text.AsSpan().ContainsAnyInRange('\0', '\u001f') && !text.AsSpan().ContainsAnyInRange('\u007f', '\u009f')) return text;
        return string.Create(Math.Min(text.Length, limit), text, static (target, text) =>
        {
            for (var i = 0; i < target.Length; i++) target[i] = char.IsControl(text[i]) || char.IsSurrogate(text[i]) ? '?' : text[i];
        });
    }

    /// <summary>Whether a text holds no control character.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\0', '\u001f') && !text.ContainsAnyInRange('\u007f', '\u009f');
}
