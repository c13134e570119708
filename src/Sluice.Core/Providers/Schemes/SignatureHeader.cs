using Sluice.Events;

namespace Sluice.Providers;

/// <summary>The parts of a request that a signature is read from. Borrows the header's text; nothing is copied.</summary>
public readonly ref struct SignatureHeader
{
    /// <summary>More signatures than this in one header are an attack and no rotation.</summary>
    public const int MostCandidates = 16;

    /// <summary>The text that the candidate ranges point into.</summary>
    public ReadOnlySpan<char> Signatures { get; private init; }

    public int Candidates { get; private init; }

    /// <summary>Empty when there is none.</summary>
    public ReadOnlySpan<char> Timestamp { get; private init; }

    public string? Id { get; private init; }

    /// <summary>Reads the headers of a scheme. <see cref="SignatureResult.Valid"/> means readable, not genuine.</summary>
    public static SignatureResult Read(HeaderList headers, HmacScheme scheme, Span<Range> candidates, out SignatureHeader read) =>
        Read(headers, scheme.Headers, new(scheme.Form, scheme.Prefix, scheme.Separator, scheme.TimestampName), candidates, out read);

    /// <summary>Reads the first set of headers whose signature header is present.</summary>
    public static SignatureResult Read(HeaderList headers, IReadOnlyList<SignatureHeaders> sets, SignatureLayout layout, Span<Range> candidates, out SignatureHeader read)
    {
        read = default;
        for (var i = 0; i < sets.Count; i++)
        {
            var names = sets[i];
            var text = headers.Single(names.Signature, out var count);
            if (count > 1) return SignatureResult.AmbiguousHeader;
            if (string.IsNullOrEmpty(text)) continue;

            var timestamp = names.Timestamp is null ? null : headers.Single(names.Timestamp, out count);
            if (count > 1) return SignatureResult.AmbiguousHeader;
            var id = names.Id is null ? null : headers.Single(names.Id, out count);
            if (count > 1) return SignatureResult.AmbiguousHeader;

            var stamp = timestamp.AsSpan();
            var fault = Split(text, layout, candidates, out var found, ref stamp);
            read = new SignatureHeader { Signatures = text, Candidates = found, Timestamp = stamp, Id = id };
            return fault;
        }

        return SignatureResult.MissingSignature;
    }

    private static SignatureResult Split(ReadOnlySpan<char> text, SignatureLayout layout, Span<Range> candidates, out int found, ref ReadOnlySpan<char> timestamp)
    {
        found = 0;
        var prefix = layout.Prefix;
        if (layout.Form == SignatureForm.Single)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal)) return SignatureResult.MalformedSignature;
            candidates[found++] = prefix.Length..;
            return SignatureResult.Valid;
        }

        var timestamps = 0;
        foreach (var range in text.Split(layout.Form == SignatureForm.Pairs ? layout.Separator : ' '))
        {
            var item = text[range];
            if (item.StartsWith(prefix, StringComparison.Ordinal))
            {
                if (found == candidates.Length) return SignatureResult.MalformedSignature;
                var start = range.GetOffsetAndLength(text.Length).Offset;
                candidates[found++] = (start + prefix.Length)..(start + item.Length);
            }
            else if (layout.Form == SignatureForm.Pairs && layout.TimestampName is { } name && item.StartsWith(name, StringComparison.Ordinal))
            {
                timestamp = item[name.Length..];
                timestamps++;
            }
        }

        return timestamps > 1 ? SignatureResult.AmbiguousHeader
            : found == 0 ? SignatureResult.MalformedSignature
            : SignatureResult.Valid;
    }
}

/// <summary>How the text of a signature header is put together.</summary>
/// <param name="TimestampName">In a pair list what stands before the timestamp; null where it has none.</param>
public readonly record struct SignatureLayout(SignatureForm Form, string Prefix, char Separator = ',', string? TimestampName = null);
