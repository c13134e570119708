using System.Text.Json;
using Azure.Data.Tables;
using Sluice.Contracts.Simulation;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>
/// What truly happened, read off the rows as the tables commit them and never from what callers were told. Beside it what senders sent
/// and were answered and what handlers were given. Breaches that show at once are found here, the others at the quiet points.
/// </summary>
internal sealed partial class Ledger(World world)
{
    // Messages become visible to the millisecond.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<EventId, List<Webhook>> sent = [];
    private readonly Dictionary<EventId, EventLedger> events = [];
    private readonly Dictionary<DeliveryId, DeliveryLedger> deliveries = [];
    private readonly HashSet<EventId> letGo = [];

    public List<string> Breaches { get; } = [];

    public HashSet<EventId> Acknowledged { get; } = [];

    /// <summary>The events that are in the book.</summary>
    public IReadOnlyDictionary<EventId, EventLedger> Events => events;

    /// <summary>The deliveries that are in the book.</summary>
    public IReadOnlyDictionary<DeliveryId, DeliveryLedger> Deliveries => deliveries;

    /// <summary>The rows of the index, by the first letter of their keys.</summary>
    public Dictionary<char, HashSet<string>> Index { get; } = new() { ['d'] = [], ['o'] = [], ['x'] = [], ['l'] = [], ['m'] = [] };

    public int Unfinished { get; private set; }

    /// <summary>By how much the wall clock was set back in all: so much earlier than meant is not the apps' doing.</summary>
    public TimeSpan ClockSetBack { get; set; }

    public TimeSpan SlowestAnswer { get; private set; }

    private DateTimeOffset Now => world.Time.GetUtcNow();

    /// <summary>Whether retention let go of it; never before its time, or that is a breach of its own.</summary>
    public bool WasLetGo(EventId id) => letGo.Contains(id);

    public void Breach(string what)
    {
        world.Trace.Add("LEDGER", what);
        Breaches.Add(what);
    }

    public void Sent(Webhook webhook)
    {
        if (!sent.TryGetValue(webhook.Id, out var all)) sent[webhook.Id] = all = [];
        all.Add(webhook);
    }

    public void Answered(Webhook webhook, int status, string body, TimeSpan after)
    {
        world.Trace.Add("sender", "is answered", $"{status} {body}", webhook.Id);
        if (after > SlowestAnswer) SlowestAnswer = after;
        if (status == 503)
        {
            world.Faults.Count(Fault.Unavailable);
            return;
        }

        using var answer = JsonDocument.Parse(body);
        var said = answer.RootElement.TryGetProperty("status", out var word) ? word.GetString() : null;
        if (status != 200 || said is not ("accepted" or "duplicate")) Breach($"{webhook.Id} was answered {status} {body}");
        else if (answer.RootElement.GetProperty("id").GetString() != webhook.Id.ToString()) Breach($"{webhook.Id} was answered with another id: {body}");
        else Acknowledged.Add(webhook.Id);
    }

    /// <summary>One row that the tables have just committed.</summary>
    public void Committed(CommittedChange change)
    {
        var row = change.After ?? change.Before!;
        if (change.Table.EndsWith("Index", StringComparison.Ordinal)) CommittedIndex(change, row);
        else if (row.RowKey == "e") CommittedEvent(change, EventLedger.IdOf(row));
        else if (row.RowKey[0] == 't') CommittedAttempt(change.Before, change.After);
        else if (row.RowKey[0] == 'd') CommittedDelivery(new(EventLedger.IdOf(row), row.RowKey[2..]), change.Before, change.After);
    }

    public void HandlerStarted(WebhookEvent webhook, DeliveryId id, int attempt)
    {
        world.Trace.Add("handler", "gets", id, attempt);
        if (!events.TryGetValue(webhook.Id, out var kept) || !kept.Body.AsSpan().SequenceEqual(webhook.Body.Span)) Breach($"{id} attempt {attempt} got other bytes than were booked");
        if (!deliveries.TryGetValue(id, out var delivery)) Breach($"{id} attempt {attempt} was handled and is not in the book");
        else if (attempt > delivery.LastClaimed) Breach($"{id} attempt {attempt} was handled without a claim");
        else if (!delivery.Calls.TryAdd(attempt, null)) Breach($"{id} attempt {attempt} was handled twice");
        else StartedInLine(id, delivery);
    }

    public void HandlerEnded(DeliveryId id, int attempt, AttemptOutcome outcome)
    {
        world.Trace.Add("handler", "says", id, $"{attempt} {outcome}");
        if (deliveries.TryGetValue(id, out var delivery)) delivery.Calls[attempt] = outcome;
    }

    private void CommittedIndex(CommittedChange change, TableEntity row)
    {
        if (row.PartitionKey.StartsWith("q-", StringComparison.Ordinal)) CommittedLine(change, row);
        if (row.PartitionKey.Length != 1) return;
        var rows = Index[row.RowKey[0]];
        if (change.After is null) rows.Remove(row.RowKey);
        else rows.Add(row.RowKey);
    }

    private void CommittedEvent(CommittedChange change, EventId id)
    {
        if (change.After is not { } after)
        {
            world.Trace.Add("book", "lets go of", id);
            world.Faults.Count(Fault.LetGo);
            letGo.Add(id);
            if (events.Remove(id, out var gone) && gone.ReceivedAt + world.Setting.Retention > Now + ClockSetBack) Breach($"{id} was let go before its time");
            return;
        }

        if (change.Before is { } before && before.GetInt64("Receipt") == after.GetInt64("Receipt")) return;
        world.Trace.Add("book", "keeps", id);
        if (change.Before is not null) Breach($"{id} was booked twice");
        var kept = new EventLedger(after);
        if (!sent.GetValueOrDefault(id, []).Exists(webhook => webhook.Body.AsSpan().SequenceEqual(kept.Body))) Breach($"{id} holds bytes that nobody sent");
        events[id] = kept;
    }
}
