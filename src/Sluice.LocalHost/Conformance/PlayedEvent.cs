using System.Collections.Concurrent;
using Sluice.Events;
using Sluice.Providers;

namespace Sluice.LocalHost.Conformance;

/// <summary>An event that was made up for the run, and what became of the requests that carried it.</summary>
/// <param name="isForged">Whether it may not be taken: nobody signed it, or nobody signed it now.</param>
internal sealed class PlayedEvent(string id, Sample sample, bool isForged)
{
    private readonly ConcurrentDictionary<EventName, bool> items = new();
    private readonly ConcurrentDictionary<EventName, bool> batches = new();
    private readonly ConcurrentDictionary<EventId, bool> answered = new();
    private int successes;

    public string Id => id;

    public Sample Sample => sample;

    public bool IsForged => isForged;

    /// <summary>The event itself, or what was in the batch; another name came with a repeat that is not known again.</summary>
    public IReadOnlyCollection<EventName> Items => [.. items.Keys];

    public IReadOnlyCollection<EventName> Batches => [.. batches.Keys];

    /// <summary>The ids that the receiver said itself.</summary>
    public IReadOnlyCollection<EventId> Answered => [.. answered.Keys];

    /// <summary>How many events one request held.</summary>
    public int Count { get; private set; } = 1;

    /// <summary>Whether a receiver can tell a repeat from another event.</summary>
    public bool IsKnownAgain { get; private set; } = true;

    public int Successes => Volatile.Read(ref successes);

    public void Sending(EventNames names)
    {
        foreach (var item in names.Items) items.TryAdd(item, true);
        if (names.Batch is { } batch) batches.TryAdd(batch, true);
        (Count, IsKnownAgain) = (names.Items.Count, names.IsKnownAgain);
    }

    public void Succeeded(EventId? said)
    {
        Interlocked.Increment(ref successes);
        if (said is { } id) answered.TryAdd(id, true);
    }
}
