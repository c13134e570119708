namespace Sluice.Reconciliation;

/// <summary>What this process knows without looking it up: which events are kept, and which were asked for again and when. Bounded; what it forgets costs a look or one more request.</summary>
internal sealed class AskedEvents
{
    private const int MostKept = 50_000;
    private const int MostAsked = 10_000;

    private readonly Lock gate = new();
    private readonly HashSet<EventId> kept = [];
    private readonly Dictionary<EventId, Asked> asked = [];

    public bool IsKept(EventId id)
    {
        lock (gate) return kept.Contains(id);
    }

    public void Kept(EventId id)
    {
        lock (gate)
        {
            if (kept.Count >= MostKept) kept.Clear();
            kept.Add(id);
            asked.Remove(id);
        }
    }

    /// <summary>How often it was asked for, and when last; nothing where it was not.</summary>
    public Asked Of(EventId id)
    {
        lock (gate) return asked.GetValueOrDefault(id);
    }

    public void Ask(EventId id, DateTimeOffset now)
    {
        lock (gate)
        {
            if (asked.Count >= MostAsked && !asked.ContainsKey(id)) asked.Clear();
            asked[id] = new(asked.GetValueOrDefault(id).Times + 1, now);
        }
    }

    public readonly record struct Asked(int Times, DateTimeOffset? Last);
}
