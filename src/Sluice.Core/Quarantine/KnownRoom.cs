using System.Collections.Concurrent;
using Sluice.Configuration;

namespace Sluice.Quarantine;

/// <summary>What this process knows of the sources that had no room, so that a flood costs neither store nor time: for which sizes, and until when.</summary>
internal sealed class KnownRoom(TimeProvider time)
{
    /// <summary>Nobody goes unasked for longer, whatever the store says: an operator may make room.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, Shut> full = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Shut> tooLarge = new(StringComparer.Ordinal);

    /// <summary>False where the store would say that there is no room for a request of so many bytes.</summary>
    public bool MayFit(string source, QuarantineSettings bounds, long bytes) => !IsShut(full, source, bounds, bytes) && !IsShut(tooLarge, source, bounds, bytes);

    /// <summary>Remembers that there is no room from that size on. True when this is news, and not said each time that it is asked about while it stays so.</summary>
    public bool Fill(string source, QuarantineSettings bounds, long from, DateTimeOffset until) => Remember(full, source, bounds, from, until);

    /// <summary>Remembers that none of that size can ever be kept.</summary>
    public bool Exceed(string source, QuarantineSettings bounds, long bytes) => Remember(tooLarge, source, bounds, bytes, DateTimeOffset.MaxValue);

    private bool IsShut(ConcurrentDictionary<string, Shut> known, string source, QuarantineSettings bounds, long bytes) =>
        known.TryGetValue(source, out var shut) && shut.Bounds == bounds && bytes >= shut.From && time.GetUtcNow() < shut.Until;

    private bool Remember(ConcurrentDictionary<string, Shut> known, string source, QuarantineSettings bounds, long from, DateTimeOffset until)
    {
        var now = time.GetUtcNow();
        // Several may have asked at once.
        lock (gate)
        {
            var before = known.TryGetValue(source, out var shut) && shut.Bounds == bounds ? shut : null;
            // What else was learned meanwhile holds too.
            if (before is not null && now < before.Until) from = Math.Min(from, before.From);
            known[source] = new(bounds, from, until < now + Longest ? until : now + Longest);
            return before is null || now >= before.Until + Longest || (from == 0 && before.From > 0);
        }
    }

    private sealed record Shut(QuarantineSettings Bounds, long From, DateTimeOffset Until);
}
