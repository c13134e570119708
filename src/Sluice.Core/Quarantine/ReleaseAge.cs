using Sluice.Storage;

namespace Sluice.Quarantine;

/// <summary>
/// How long after it was received a refused request can still be released. A released event keeps the time it was received at, and what is older than the dedupe
/// window is let go of: released near its end it would be gone before it is delivered, and behind it the sender's own repeat is forgotten and it would come twice.
/// </summary>
public static class ReleaseAge
{
    /// <summary>A day less than events are kept, for the deliveries; of a window that is no longer than two days half of it.</summary>
    public static TimeSpan Longest(DedupeWindow window) => window.Length - (window.Length < 2 * DedupeWindow.Margin ? window.Length / 2 : DedupeWindow.Margin);
}
