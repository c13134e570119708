using Sluice.Configuration;

namespace Sluice.Quarantine;

/// <summary>
/// Whether there is room for one more refused request, and at whose cost. What is younger than an hour makes way for nobody, so that a flood of
/// forgeries cannot push out the genuine requests that came before it; it is the flood that finds no room.
/// </summary>
public static class Room
{
    /// <summary>So long nothing is pushed out.</summary>
    public static readonly TimeSpan Safe = TimeSpan.FromHours(1);

    /// <summary>So many make way for one, at the most.</summary>
    public const int MostPushedOut = 64;

    /// <summary>Decides about one request of that size.</summary>
    /// <param name="kept">What is kept of its source, oldest first.</param>
    public static RoomDecision For(IReadOnlyList<KeptItem> kept, long bytes, QuarantineSettings bounds, DateTimeOffset now)
    {
        if (bytes > bounds.MaxBytes) return new(Fits: false, IsTooLarge: true);
        var total = Sum(kept);
        var pushed = 0;
        while (pushed < kept.Count && (kept.Count - pushed >= bounds.MaxCount || total + bytes > bounds.MaxBytes))
        {
            var oldest = kept[pushed];
            if (pushed == MostPushedOut) return new(Fits: false, FullUntil: now + TimeSpan.FromMinutes(1), FullFrom: From());
            if (oldest.Id.ReceivedAt > now - Safe) return new(Fits: false, FullUntil: oldest.Id.ReceivedAt + Safe, FullFrom: From());
            total -= oldest.Bytes;
            pushed++;
        }

        return new(Fits: true, PushedOut: pushed);

        // A smaller one may find room where it is the bytes that are used up.
        long From() => kept.Count - pushed >= bounds.MaxCount ? 0 : bounds.MaxBytes - total + 1;
    }

    /// <summary>How many of the oldest have to go by themselves: too old, or beyond bounds that were made smaller.</summary>
    public static int Surplus(IReadOnlyList<KeptItem> kept, QuarantineSettings bounds, DateTimeOffset now)
    {
        var total = Sum(kept);
        var surplus = 0;
        for (; surplus < kept.Count; surplus++)
        {
            var (at, isTooMuch) = (kept[surplus].Id.ReceivedAt, kept.Count - surplus > bounds.MaxCount || total > bounds.MaxBytes);
            if (at > now - bounds.MaxAge && !(isTooMuch && at <= now - Safe)) break;
            total -= kept[surplus].Bytes;
        }

        return surplus;
    }

    private static long Sum(IReadOnlyList<KeptItem> kept)
    {
        var total = 0L;
        foreach (var item in kept) total += item.Bytes;
        return total;
    }
}

/// <summary>One kept request and what it counts, in bytes.</summary>
public readonly record struct KeptItem(RejectionId Id, long Bytes);

/// <summary>What <see cref="Room"/> decided.</summary>
/// <param name="PushedOut">So many of the oldest make way.</param>
/// <param name="FullUntil">Where there is no room: when to ask again.</param>
/// <param name="IsTooLarge">It is larger than all that the source may keep.</param>
/// <param name="FullFrom">Where there is no room: for requests of so many bytes and more; 0 means for none.</param>
public readonly record struct RoomDecision(bool Fits, int PushedOut = 0, DateTimeOffset? FullUntil = null, bool IsTooLarge = false, long FullFrom = 0);
