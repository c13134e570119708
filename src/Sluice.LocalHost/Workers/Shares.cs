namespace Sluice.LocalHost.Workers;

/// <summary>
/// How the workers are shared among destinations, so that one that hangs holds up none of the others: those that have something due get
/// them in turn, and just under half are kept from whoever has its share already, unless there is nobody else. For one thread at a time.
/// </summary>
/// <param name="limit">How many workers a destination may have at once; null: as many as there are.</param>
/// <param name="isAlone">Whether there is one destination only.</param>
internal sealed class Shares(int workers, Func<string, int?> limit, Func<bool> isAlone)
{
    private readonly Dictionary<string, Share> shares = new(StringComparer.Ordinal);
    private readonly Queue<Share> turns = new();
    private readonly int all = workers;
    private readonly int least = Math.Max(1, workers / 32);
    private readonly int kept = workers < 2 ? 0 : Math.Max(1, (workers - 1) / 2);

    public int Free { get; private set; } = workers;

    /// <summary>Whether no worker is anybody's.</summary>
    public bool AreAllFree => Free == all;

    /// <summary>Whether it may be worth to <see cref="Grant"/>.</summary>
    public bool CanGrant => Free > 0 && turns.Count > 0;

    public Share Of(string destination)
    {
        if (!shares.TryGetValue(destination, out var share)) shares.Add(destination, share = new Share(destination));
        return share;
    }

    /// <summary>True when a worker is now the destination's.</summary>
    public bool TryTake(Share share)
    {
        if (Free == 0 || (share.Held >= least && Free <= kept && !isAlone()) || share.Held >= limit(share.Destination)) return false;
        share.Held++;
        Free--;
        return true;
    }

    public void GiveBack(Share share)
    {
        share.Held--;
        Free++;
    }

    /// <summary>The book has something due of the destination.</summary>
    public void Due(Share share)
    {
        // While the book is asked it may have answered already: it is asked once more.
        share.IsDue = true;
        if (share.IsAsked || share.HasTurn) return;
        share.HasTurn = true;
        turns.Enqueue(share);
    }

    /// <summary>Gives the free workers to destinations that have something due, one after another, and says to which: the book is now asked for as much of each.</summary>
    public IReadOnlyList<Share> Grant()
    {
        var granted = new List<Share>();
        // Nobody gets more than its share before all that have something due have theirs.
        Grant(granted, least);
        Grant(granted, int.MaxValue);
        if (granted.Count == 0) return granted;
        foreach (var share in granted) (share.IsDue, share.IsAsked) = (false, true);
        for (var left = turns.Count; left > 0; left--)
        {
            var share = turns.Dequeue();
            if (share.IsAsked) share.HasTurn = false;
            else turns.Enqueue(share);
        }

        return granted;
    }

    private void Grant(List<Share> granted, int most)
    {
        for (var isAny = true; isAny;)
        {
            isAny = false;
            for (var left = turns.Count; left > 0 && Free > 0; left--)
            {
                var share = turns.Dequeue();
                turns.Enqueue(share);
                if (share.Held >= most || !TryTake(share)) continue;
                isAny = true;
                if (share.Granted++ == 0) granted.Add(share);
            }
        }
    }

    /// <summary>The book has answered, with fewer than it was asked for or as many.</summary>
    /// <param name="isMore">It may have more due.</param>
    public void Answered(Share share, int taken, bool isMore)
    {
        for (; share.Granted > taken; share.Granted--) GiveBack(share);
        (share.Granted, share.IsAsked) = (0, false);
        if (isMore || share.IsDue) Due(share);
    }

    /// <summary>Those whose moment has come have something due. The answer is the next moment.</summary>
    public DateTimeOffset? Elapsed(DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var share in shares.Values)
        {
            if (share.NextAt <= now)
            {
                share.NextAt = null;
                Due(share);
            }
            else if (next is null || share.NextAt < next) next = share.NextAt ?? next;
        }

        return next;
    }
}
