namespace Sluice.Ingestion;

/// <summary>Which kinds of bodies a source takes.</summary>
internal static class MediaTypes
{
    /// <summary>Whether a <c>Content-Type</c> is one of <paramref name="allowed"/>: <c>application/json</c>, or <c>text/*</c> for all of a kind. Parameters such as the charset do not count.</summary>
    public static bool Allows(IReadOnlyList<string> allowed, string? contentType)
    {
        var type = Bare(contentType);
        for (var i = 0; i < allowed.Count; i++)
        {
            if (allowed[i].EndsWith("/*", StringComparison.Ordinal) ? type.StartsWith(allowed[i].AsSpan(0, allowed[i].Length - 1), StringComparison.OrdinalIgnoreCase) : type.Equals(allowed[i], StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>The type without its parameters.</summary>
    public static ReadOnlySpan<char> Bare(ReadOnlySpan<char> contentType)
    {
        var end = contentType.IndexOf(';');
        return (end < 0 ? contentType : contentType[..end]).Trim();
    }
}
