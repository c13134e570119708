using System.Collections.Concurrent;

namespace Sluice.LocalHost.Conformance;

/// <summary>The record of one scenario: what was sent, what was answered, what was wrong.</summary>
internal sealed class ScenarioRecord(string name)
{
    private readonly ConcurrentQueue<Exchange> exchanges = new();
    private readonly List<PlayedEvent> events = [];
    private readonly List<Fault> faults = [];
    private readonly List<string> notes = [];

    public string Name => name;

    public IReadOnlyCollection<Exchange> Exchanges => exchanges;

    public IReadOnlyList<PlayedEvent> Events => events;

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>What could not be checked or is worth a word, and is no fault.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Whether it was left out; a note says why.</summary>
    public bool IsLeftOut { get; private set; }

    public void Add(Exchange exchange) => exchanges.Enqueue(exchange);

    public void Add(PlayedEvent played) => events.Add(played);

    public void Blame(FaultKind kind, string what)
    {
        if (!faults.Exists(fault => fault.Kind == kind)) faults.Add(new Fault(kind, what, [name]));
    }

    /// <summary>A genuine event whose request got no success: it is refused, or a repeat of it is.</summary>
    public void Judge(PlayedEvent played, Exchange exchange)
    {
        if (exchange.IsSuccess || exchange.IsBrokenOff) return;
        if (exchange.IsRedirect) Blame(FaultKind.Redirects, $"a genuine event was {exchange}");
        else if (played.Successes == 0) Blame(FaultKind.RefusesGenuine, $"a genuine event was {exchange}");
        else Blame(FaultKind.RefusesDuplicates, $"an event that came again was {exchange}");
    }

    public void Note(string note) => notes.Add(note);

    /// <param name="reason">Null where it has been said already.</param>
    public void LeaveOut(string? reason = null)
    {
        IsLeftOut = true;
        if (reason is not null) notes.Add(reason);
    }
}
