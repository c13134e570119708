using System.Collections.Concurrent;
using System.Globalization;

namespace Sluice.Hosts.Tests.Processes;

/// <summary>What the senders know: which webhooks were acknowledged, and which were sent without an answer and are sent again.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, string> acknowledged = new();
    private readonly ConcurrentQueue<string> unanswered = new();
    private readonly ConcurrentDictionary<string, bool> everUnanswered = new();
    private int last;

    public int Acknowledged => acknowledged.Count;

    public int EverUnanswered => everUnanswered.Count;

    /// <summary>Answers other than success.</summary>
    public ConcurrentQueue<Sent> Refusals { get; } = new();

    public ICollection<string> AcknowledgedKeys => acknowledged.Keys;

    public ICollection<string> AcknowledgedEvents => acknowledged.Values;

    public bool WasSent(string key) => acknowledged.ContainsKey(key) || everUnanswered.ContainsKey(key);

    /// <summary>What to send next: first what got no answer, as a real sender does.</summary>
    public string Next() => unanswered.TryDequeue(out var key) ? key : $"evt_{Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture)}";

    public void Note(Sent sent)
    {
        if (sent.Event is { } id)
        {
            Assert.Equal(EventId.Of("stripe", sent.Id).ToString(), id);
            acknowledged[sent.Id] = id;
            return;
        }

        if (sent.Status is not null) Refusals.Enqueue(sent);
        everUnanswered[sent.Id] = true;
        unanswered.Enqueue(sent.Id);
    }

    /// <summary>Sends from several places at once until told to stop or nobody listens.</summary>
    public Task SendAsync(StripeSender sender, int atOnce, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
    {
        while (!stop.IsCancellationRequested)
        {
            var sent = await sender.SendAsync(Next());
            Note(sent);
            if (sent.Status is null) return;
        }
    }));
}
