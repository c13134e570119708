using Sluice.Events;

namespace Sluice.Reconciliation;

/// <summary>A run as it goes on: what was met, what is missing, and the numbers for the report. Bounded by what one run looks at.</summary>
internal sealed class ReconcileRun(string source, DateTimeOffset since, bool isDryRun)
{
    private const int MostShown = 100;
    private const int MostFailures = 20;

    private readonly HashSet<EventId> met = [];
    private readonly Dictionary<EventId, Gap> gaps = [];
    private readonly List<string> failures = [];
    private readonly List<MissingEvent> shown = [];
    private readonly Dictionary<MissingOutcome, int> outcomes = [];
    private int failed;
    private string? stoppedBecause;
    private DateTimeOffset? mayGoOnAt;

    /// <summary>How many entries of the log were looked at; several may be about one event.</summary>
    public int Entries { get; set; }

    public bool IsDryRun => isDryRun;

    public int Kept { get; set; }

    /// <summary>What is missing, the oldest first.</summary>
    public IEnumerable<Gap> Gaps => gaps.Values.OrderBy(gap => gap.Last);

    /// <summary>False when this run has met the event already. A further try of one that is missing is noted with it.</summary>
    public bool IsFirst(EventId id, LoggedEvent logged)
    {
        if (met.Add(id)) return true;
        if (gaps.TryGetValue(id, out var gap)) gap.Add(logged);
        return false;
    }

    public void Missing(EventId id, LoggedEvent logged) => gaps[id] = new Gap(id, logged);

    public void End(LoggedEvent logged, MissingOutcome outcome)
    {
        outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        if (shown.Count < MostShown) shown.Add(new(logged.Key, SafeText.OneLine(logged.Type), logged.At, outcome));
    }

    public void Fail(string reason, int times = 1)
    {
        if (times == 0) return;
        failed += times;
        if (failures.Count < MostFailures && !failures.Contains(reason)) failures.Add(reason);
    }

    public void Stop(string reason, DateTimeOffset? goOnAt = null) => (stoppedBecause, mayGoOnAt) = (stoppedBecause ?? reason, mayGoOnAt ?? goOnAt);

    public ReconcileReport Report() => new()
    {
        Source = source,
        Since = since,
        DryRun = isDryRun,
        Listed = met.Count,
        Kept = Kept,
        Missing = met.Count - Kept,
        AskedAgain = outcomes.GetValueOrDefault(MissingOutcome.AskedAgain),
        Fetched = outcomes.GetValueOrDefault(MissingOutcome.Fetched),
        Waiting = outcomes.GetValueOrDefault(MissingOutcome.Waiting),
        Failed = failed,
        Failures = failures,
        Events = shown,
        StoppedBecause = stoppedBecause,
        MayGoOnAt = mayGoOnAt,
    };
}

/// <summary>An event that is missing, and how often it was tried.</summary>
internal sealed class Gap(EventId id, LoggedEvent first)
{
    public EventId Id => id;

    /// <summary>The entry that redelivery is asked for.</summary>
    public LoggedEvent Logged { get; private set; } = first;

    /// <summary>When it was last tried.</summary>
    public DateTimeOffset? Last { get; private set; } = first.At;

    public int Tries { get; private set; } = 1;

    public void Add(LoggedEvent logged)
    {
        Tries++;
        if (logged.At > Last) (Logged, Last) = (logged, logged.At);
    }
}
