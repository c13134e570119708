using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>What to do with the deliveries that gather for a destination: send the first so many now, or wait until a moment.</summary>
/// <param name="Count">How many of the oldest go now; 0: none.</param>
/// <param name="At">When the oldest has waited long enough, where none goes now; null when none waits.</param>
internal readonly record struct BatchPlan(int Count, DateTimeOffset? At)
{
    /// <param name="parked">Oldest first.</param>
    /// <param name="sizes">The bytes of the bodies of the first of them: of all, or of as many as reach <see cref="BatchOptions.Events"/> or <see cref="BatchOptions.Bytes"/>.</param>
    public static BatchPlan Of(IReadOnlyList<DueRow> parked, IReadOnlyList<int> sizes, BatchOptions options, DateTimeOffset now)
    {
        if (parked.Count == 0) return new(0, null);
        var (count, bytes) = (0, 0L);
        while (count < sizes.Count && count < options.Events && (count == 0 || bytes + sizes[count] <= options.Bytes)) bytes += sizes[count++];
        // Full also where the next does not fit.
        var isFull = count == options.Events || bytes >= options.Bytes || count < sizes.Count;
        var at = parked[0].Due + options.Wait;
        return isFull || at <= now ? new(count, null) : new(0, at);
    }
}
