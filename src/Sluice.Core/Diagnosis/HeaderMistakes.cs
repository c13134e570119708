using System.Text.RegularExpressions;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>A proxy or a framework gave a header of the proof another name, or joined it with its own copy.</summary>
internal static partial class HeaderMistakes
{
    /// <summary>No sender and no proxy has a header of a longer name.</summary>
    public const int LongestName = 100;

    /// <summary>No proof is longer.</summary>
    public const int LongestValue = 8192;

    private const int MostGuesses = 64;

    // Before one name.
    private const int MostPrefixes = 4;

    private const string HandOn = "have the proxy or gateway in front hand the sender's headers on unchanged";

    public static IReadOnlyList<Mistake> All { get; } = [new(Renamed, MendsForm: true), new(Doubled, MendsForm: true), new(OfAnotherName, MendsForm: true)];

    // Known ways to rename: underscores for dashes, HTTP_ of CGI, X- lost or won, the names that proxies keep the old value under.
    private static IEnumerable<Trial> Renamed(Trial trial)
    {
        var headers = trial.Envelope.Headers;
        var others = headers.Where(header => header.Key.Length <= LongestName && !trial.HeaderNames.Contains(header.Key, StringComparer.OrdinalIgnoreCase)).Select(header => (Name: header.Key, Bare: Bare(header.Key))).ToList();
        var found = trial.HeaderNames.Where(name => headers.First(name) is null)
            .Select(name => (Name: name, Alias: Bare(name) is var bare ? others.FirstOrDefault(other => other.Bare == bare).Name : null)).Where(pair => pair.Alias is not null).ToList();
        if (found.Count == 0) yield break;
        var renamed = new HeaderList([.. headers.Select(header => found.FirstOrDefault(pair => pair.Alias == header.Key).Name is { } name ? new(name, header.Value) : header)]);
        yield return trial.With(renamed, new Cause(CauseKind.HeaderRenamed, $"{Names(found.Select(pair => pair.Name))} arrived under another name ({How(found[0].Name, found[0].Alias)})", HandOn));
    }

    // Any name at all: what looks like a signature or stands where only a secret would.
    private static IEnumerable<Trial> OfAnotherName(Trial trial)
    {
        var headers = trial.Envelope.Headers;
        foreach (var name in trial.HeaderNames.Where(name => IsProof(trial, name)))
        {
            if (headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase) && header.Value.Length > 0)) continue;
            var cause = new Cause(CauseKind.HeaderRenamed, $"{name} is missing, and its value arrived under another name", HandOn);
            foreach (var header in headers.Where(header => LooksRight(trial, header.Value)).Take(MostGuesses)) yield return trial.With(headers.With(name, header.Value), cause);
        }
    }

    private static IEnumerable<Trial> Doubled(Trial trial)
    {
        var headers = trial.Envelope.Headers;
        foreach (var choose in new Func<IReadOnlyList<string>, string>[] { values => values[0], values => values[^1] })
        {
            var single = headers;
            var changed = new List<string>();
            foreach (var name in trial.HeaderNames)
            {
                var values = headers.Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).SelectMany(header => Parts(header.Value)).ToList();
                if (values.Count < 2) continue;
                single = single.With(name, choose(values));
                changed.Add(name);
            }

            if (changed.Count == 0) yield break;
            yield return trial.With(single, new Cause(CauseKind.HeaderDoubled, $"{Names(changed)} arrived twice or joined with another value", "have only one hop add the header: a proxy copies it, or two proxies do"));
        }
    }

    // Joined as HTTP joins headers of one name; where the value has commas of its own, as two equal halves.
    private static string[] Parts(string value)
    {
        if (value.Length > LongestValue) return [];
        var half = value.Length / 2;
        if (value.Length > 8 && value.Length % 2 == 1 && value[half] == ',' && value.AsSpan(0, half).SequenceEqual(value.AsSpan(half + 1))) return [value[..half], value[..half]];
        return value.Split(", ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    /// <summary>Whether the proof itself stands in that header, and not its time or id.</summary>
    internal static bool IsProof(Trial trial, string name) => trial.Scheme switch
    {
        { CredentialNames.Count: > 0 } => true,
        HmacScheme hmac => hmac.Headers.Any(names => names.Signature == name),
        _ => trial.Scheme.HeaderNames[0] == name,
    };

    private static bool LooksRight(Trial trial, string value) => value.Length <= LongestValue && IsProofLike(trial, value);

    private static bool IsProofLike(Trial trial, string value) => trial.Hmac is not { } hmac ? value.Length <= 4096 && value.Length >= (trial.Scheme.ChecksPublicKeys ? 64 : 8)
        : hmac.Form == SignatureForm.Single ? value.StartsWith(hmac.Prefix, StringComparison.Ordinal) && (value.Length - hmac.Prefix.Length) is 28 or 40 or 44 or 64 or 88 or 96 or 128
        : value.Contains(hmac.Prefix, StringComparison.Ordinal);

    private static string Names(IEnumerable<string> names) => string.Join(" and ", names.Take(3));

    // A name as it is under all its spellings.
    private static string Bare(string name)
    {
        var bare = name.ToLowerInvariant().Replace('_', '-');
        for (var i = 0; i < MostPrefixes && Added().Match(bare) is { Length: > 0 } match; i++) bare = bare[match.Length..];
        return bare.Replace("-", "", StringComparison.Ordinal);
    }

    private static string How(string name, string alias) =>
        alias.Contains('_', StringComparison.Ordinal) ? "with underscores"
        : Added().Match(alias.ToLowerInvariant()) is { Length: > 2 } prefix ? $"with {prefix.Value} before it"
        : name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && !alias.StartsWith("X-", StringComparison.OrdinalIgnoreCase) ? "without X-"
        : alias.StartsWith("X-", StringComparison.OrdinalIgnoreCase) ? "with X-" : "without dashes";

    [GeneratedRegex(@"\A(http-|x-forwarded-|x-original-|x-amzn-remapped-|x-)")]
    private static partial Regex Added();
}
