using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Sluice.Providers;

/// <summary>Reads fields of a form, and parameters of a query. Never throws.</summary>
internal static class FormFields
{
    /// <summary>The value of a field of a form, or null when it is not there or stands several times.</summary>
    public static string? Of(ReadOnlySpan<byte> form, string name) => Find(Encoding.UTF8.GetString(form), name, out _);

    /// <summary>The value of a parameter of a path and query, or null; <paramref name="count"/> says how often it stands.</summary>
    public static string? Of(string target, string name, out int count)
    {
        count = 0;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? null : Find(target[(query + 1)..], name, out count);
    }

    private static string? Find(string text, string name, out int count)
    {
        count = 0;
        string? value = null;
        foreach (var pair in new QueryStringEnumerable(text))
        {
            if (!pair.DecodeName().Span.SequenceEqual(name)) continue;
            value = pair.DecodeValue().ToString();
            count++;
        }

        return count == 1 ? value : null;
    }
}
