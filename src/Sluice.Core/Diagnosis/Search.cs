using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>A mistake is a function that undoes itself: of a request it makes those that it may have been before.</summary>
/// <param name="Undo">Lazy: what is not asked for is not made.</param>
/// <param name="MendsForm">Whether it may make a proof readable that was not. The others change only what a readable one is compared with.</param>
internal sealed record Mistake(Func<Trial, IEnumerable<Trial>> Undo, bool MendsForm = false);

/// <summary>Looks for the fewest mistakes that explain a request: each by itself, then two together. Every try is checked by the scheme's own verifier.</summary>
internal sealed class Search(IReadOnlyList<Mistake> mistakes, DateTimeOffset now, Work work)
{
    // Larger bodies are not kept in many versions.
    private const int LargestForPairs = 512 * 1024;

    /// <summary>What fits, or null. Fits means genuine: it may still have come too late.</summary>
    public Trial? Find(Trial seen, SignatureCheck check)
    {
        var isSmall = seen.Envelope.Body.Length <= LargestForPairs;
        var once = new List<(int Mistake, Trial Trial, SignatureCheck Check)>();
        for (var i = 0; i < mistakes.Count && !work.IsSpent; i++)
        {
            if (TryOne(i, seen, check, isSmall ? once : null) is { } found) return found;
        }

        foreach (var (mistake, trial, result) in once)
        {
            for (var j = mistake + 1; j < mistakes.Count && !work.IsSpent; j++)
            {
                if (TryOne(j, trial, result, null) is { } found) return found;
            }
        }

        return null;
    }

    private Trial? TryOne(int mistake, Trial seen, SignatureCheck check, List<(int, Trial, SignatureCheck)>? tried)
    {
        if ((!mistakes[mistake].MendsForm && !IsReadable(seen, check.Result)) || !work.Look(seen)) return null;
        foreach (var trial in mistakes[mistake].Undo(seen))
        {
            if (!work.Take(trial)) return null;
            var result = trial.Check(now);
            if (Remarks.IsGenuine(result)) return trial;
            tried?.Add((mistake, trial, result));
        }

        return null;
    }

    // Where the proof stands in the body, changing the body may be what makes it readable.
    private static bool IsReadable(Trial trial, SignatureResult result) =>
        (trial.LooksAtBody && trial.Scheme.HeaderNames.Count == 0) || result is not (SignatureResult.MissingSignature or SignatureResult.MissingTimestamp or SignatureResult.MissingId
            or SignatureResult.MalformedSignature or SignatureResult.MalformedTimestamp or SignatureResult.AmbiguousHeader);
}
