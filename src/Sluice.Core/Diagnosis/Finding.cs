using Sluice.Providers;

namespace Sluice.Diagnosis;

/// <summary>What the doctor found: whether the signature holds and, where it does not, why. Holds no secret and no signature that would hold.</summary>
public sealed record Finding
{
    public required SignatureResult Result { get; init; }

    /// <summary>
    /// What went wrong, all of it together. Empty where the signature holds. Where none of the usual mistakes explains it, one that says what can be said:
    /// what is missing, whose request it looks like, or that the secret is none of those known.
    /// </summary>
    public required IReadOnlyList<Cause> Causes { get; init; }

    /// <summary>Whether it was tried: with all causes undone the signature is genuine. Else the cause is what the request looks like.</summary>
    public bool IsProven { get; init; }

    /// <summary>What was signed as far as this side sees it, and where the sender's differs; null where nothing is signed.</summary>
    public SignedText? Signed { get; init; }

    /// <summary>The finding in one line: for the log and for lists. Of the request's content it holds nothing.</summary>
    public string Summary => Result == SignatureResult.Valid ? "the signature holds"
        : Causes.Count == 0 ? $"{Result}: no single usual mistake explains it"
        : $"{Result}: {string.Join("; and ", Causes.Select(cause => cause.Text))}";
}

/// <summary>One thing that went wrong.</summary>
/// <param name="Text">What, in one line without the request's content: <c>the secret has white space around it</c>.</param>
/// <param name="Fix">What to do about it, in one line.</param>
public sealed record Cause(CauseKind Kind, string Text, string Fix);

/// <summary>The text a signature is made over, and where the sender's own is another.</summary>
/// <param name="Received">What this side has, cut to an excerpt fit for a terminal.</param>
/// <param name="Sent">What the sender signed, the same part of it; null where that is not known or the same.</param>
/// <param name="DiffersAt">The first byte that is another, counted from 0; null where there is none.</param>
public sealed record SignedText(string Received, string? Sent = null, long? DiffersAt = null);
