using Sluice.Processing;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// How the workers, and the room for bells that wait for one, are shared among destinations, so that one that hangs holds up none of the
/// others: just under half of the workers are kept from whoever has its share already, and whose bells wait are served in turn. For one
/// thread at a time.
/// </summary>
/// <param name="limit">How many workers a destination may have at once; null: as many as there are.</param>
internal sealed class Shares(int workers, Func<string, int?> limit)
{
    /// <summary>Bells that wait in memory. Their events are in the book, so that this bounds memory.</summary>
    public const int MostWaiting = 1024;

    /// <summary>Those of one destination.</summary>
    public const int MostOfOne = 256;

    // What a destination may have waiting however many others there are.
    private const int LeastOfOne = 4;

    private readonly Dictionary<string, Share> shares = new(StringComparer.Ordinal);
    private readonly Queue<Share> turns = new();
    private readonly int least = Math.Max(1, workers / 16);
    private readonly int kept = workers < 2 ? 0 : Math.Max(1, (workers - 1) / 2);

    public int Free { get; private set; } = workers;

    public int Waiting { get; private set; }

    // The fuller it gets, the less one destination may take of what is left.
    private int Most => Math.Max(LeastOfOne, Math.Min(MostOfOne, MostWaiting - Waiting));

    public Share Of(string destination)
    {
        if (!shares.TryGetValue(destination, out var share)) shares.Add(destination, share = new Share(destination));
        return share;
    }

    /// <summary>True when a worker is now the destination's.</summary>
    public bool TryTake(Share share)
    {
        if (Free == 0 || (share.Held >= least && Free <= kept) || share.Held >= limit(share.Destination)) return false;
        share.Held++;
        Free--;
        return true;
    }

    public void GiveBack(Share share)
    {
        share.Held--;
        Free++;
    }

    /// <summary>False when there is no room for another bell of the destination.</summary>
    public bool TryWait(Share share, Bell bell)
    {
        if (share.Bells.Count >= Most) return false;
        if (share.Bells.Count == 0) turns.Enqueue(share);
        share.Bells.Enqueue(bell);
        Waiting++;
        return true;
    }

    /// <summary>The next bell whose destination may have a worker, which is then its own; null when there is none.</summary>
    public Bell? Next()
    {
        for (var left = turns.Count; left > 0 && Free > 0; left--)
        {
            var share = turns.Dequeue();
            var isTaken = TryTake(share);
            var bell = isTaken ? share.Bells.Dequeue() : null;
            if (share.Bells.Count > 0) turns.Enqueue(share);
            if (!isTaken) continue;
            Waiting--;
            return bell;
        }

        return null;
    }

    /// <summary>Whether what is parked of a destination, because it did not fit, fits now: not for each place that is free, but for half of them.</summary>
    public bool HasRoom(Share share) => share is { IsBehind: true, IsFetched: false, HandedBack: 0 } && 2 * share.Bells.Count <= Most;

    /// <summary>The destinations for which this is so, each with as many deliveries as it can have waiting and under way: those are fetched now, before any new ones.</summary>
    public List<Room> TakeRoom()
    {
        var found = new List<Room>();
        foreach (var share in shares.Values)
        {
            if (!HasRoom(share)) continue;
            share.IsFetched = true;
            found.Add(new(share.Destination, Most + share.Held));
        }

        return found;
    }

    public void Clear()
    {
        turns.Clear();
        foreach (var share in shares.Values) share.Bells.Clear();
        Waiting = 0;
    }

    /// <summary>What one destination has.</summary>
    public sealed class Share(string destination)
    {
        public string Destination => destination;

        /// <summary>Its workers.</summary>
        public int Held { get; set; }

        /// <summary>Its bells that wait for one.</summary>
        public Queue<Bell> Bells { get; } = new();

        /// <summary>Its bells that wait to be parked: room is of use to them only after that.</summary>
        public int HandedBack { get; set; }

        /// <summary>Older deliveries than any new one are parked because they did not fit: newer ones go behind them.</summary>
        public bool IsBehind { get; set; }

        /// <summary>They are being fetched: only they may wait here now.</summary>
        public bool IsFetched { get; set; }

        /// <summary>They have been fetched.</summary>
        /// <param name="isMore">More are parked.</param>
        public void Fetched(bool isMore) => (IsFetched, IsBehind) = (false, isMore || HandedBack > 0);

        /// <summary>Whether a bell may wait here.</summary>
        public bool Takes(Bell bell) => !IsBehind || (IsFetched && bell.AgainAt is not null);
    }
}

/// <summary>There is room for parked deliveries of a destination.</summary>
/// <param name="Most">How many to ask the book for: some of them may be here already.</param>
internal readonly record struct Room(string Destination, int Most);
