using Azure.Messaging.ServiceBus;
using Sluice.AzureServices.ServiceBus;
using Sluice.AzureServices.Tables;
using Sluice.Events;
using Sluice.Inspection;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>What has to hold at every quiet point: book, index and queue compared with the ledger.</summary>
internal sealed class Invariants(World world)
{
    private readonly Ledger ledger = world.Ledger;

    /// <summary>Whether the dead-letter queue holds exactly one message for each dead delivery, and nothing else of ours.</summary>
    public bool IsDeadLetterQueueRight() => DeadLetterQueue().SequenceEqual(DeadLetters(), StringComparer.Ordinal);

    public async Task CheckAsync()
    {
        CheckQueue();
        var store = new TableEventStore(new BookTables(world.Tables, BookTables.DefaultPrefix, TimeSpan.FromSeconds(10), world.Time), new Random(1), world.Time);
        await CheckListAsync(store);
        CheckKept();
        foreach (var id in ledger.Events.Keys.Order()) await CheckEventAsync(store, id);
        await CheckDeadAsync(store);
        CheckIndex();
        CheckSums(await store.CountAsync(default));
    }

    /// <summary>After the retention nothing is left of anything.</summary>
    public void CheckEmpty()
    {
        CheckQueue();
        if (world.Tables.Rows("SluiceBook") is { Count: > 0 } rows) ledger.Breach($"after the retention the book still holds {string.Join(' ', rows.Select(row => $"{row.PartitionKey}/{row.RowKey}"))}");
        if (ledger.Index.Values.SelectMany(keys => keys).ToList() is { Count: > 0 } keys) ledger.Breach($"after the retention the index still holds {string.Join(' ', keys)}");
    }

    private void CheckQueue()
    {
        if (!IsDeadLetterQueueRight()) ledger.Breach($"the dead-letter queue holds {string.Join(' ', DeadLetterQueue())} and the book's dead are {string.Join(' ', DeadLetters())}");
        var strangers = world.Broker.Peek(Setting.Queue, SubQueue.DeadLetter).Count(message => message.DeadLetterReason == "NotFromSluice" || !message.ApplicationProperties.ContainsKey(BellMessage.KindProperty));
        if (strangers != world.Strangers) ledger.Breach($"{world.Strangers} messages of strangers were sent and {strangers} are there");
        var counts = world.Broker.Count(Setting.Queue);
        if (counts is not { Active: 0, Scheduled: 0, Deferred: 0, Locked: 0 }) ledger.Breach($"the queue still holds {counts}");
        var sends = world.Broker.CallsOf(Broker.BrokerOperation.Send);
        if (sends > 5000) ledger.Breach($"{sends} messages were sent: something goes round");
    }

    private async Task CheckListAsync(TableEventStore store)
    {
        var listed = new List<EventId>();
        var filter = new EventFilter();
        do
        {
            var page = await store.ListAsync(filter, default);
            listed.AddRange(page.Items.Select(record => record.Id));
            filter = filter with { Before = page.Next };
        }
        while (filter.Before is not null);
        if (!listed.Order().SequenceEqual(ledger.Events.Keys.Order())) ledger.Breach($"the list shows {string.Join(' ', listed.Order())} and the book holds {string.Join(' ', ledger.Events.Keys.Order())}");
    }

    private void CheckKept()
    {
        foreach (var id in ledger.Acknowledged)
        {
            if (!ledger.Events.ContainsKey(id) && !ledger.WasLetGo(id)) ledger.Breach($"{id} was acknowledged and is not in the book");
        }
    }

    private async Task CheckEventAsync(TableEventStore store, EventId id)
    {
        if (await store.LoadAsync(id, default) is not { } loaded || !loaded.Body.Span.SequenceEqual(ledger.Events[id].Body)) ledger.Breach($"{id} gives other bytes than it holds");
        if (await store.FindAsync(id, default) is not { } record)
        {
            ledger.Breach($"{id} is not found");
            return;
        }

        if (!world.Setting.Senders.TryGetSource(record.Source, out var source)) return;
        var expected = source.Destinations.Where(destination => destination.TakesType(record.Type)).Select(destination => destination.Name).Order(StringComparer.Ordinal);
        var actual = record.Deliveries.Select(delivery => delivery.Destination).Order(StringComparer.Ordinal);
        if (!expected.SequenceEqual(actual, StringComparer.Ordinal)) ledger.Breach($"{record.Id} has the deliveries {string.Join(' ', actual)} and not {string.Join(' ', expected)}");
        foreach (var delivery in record.Deliveries) CheckDelivery(new(record.Id, delivery.Destination), delivery, record.ReceivedAt);
    }

    private void CheckDelivery(DeliveryId id, DeliveryRecord delivery, DateTimeOffset receivedAt)
    {
        if (!ledger.Deliveries.TryGetValue(id, out var truth)) return;
        if (!delivery.Status.IsEnd()) ledger.Breach($"{id} is {delivery.Status} and nothing brings it on");
        if (delivery.Status == DeliveryStatus.Expired && receivedAt + world.Setting.Retention > world.Time.GetUtcNow() + ledger.ClockSetBack) ledger.Breach($"{id} expired before its time");
        int[] numbers = [.. delivery.Attempts.Select(attempt => attempt.Number)];
        if (!numbers.SequenceEqual(Enumerable.Range(1, truth.LastClaimed))) ledger.Breach($"{id} has the attempts {string.Join(' ', numbers)} after {truth.LastClaimed} claims");
        foreach (var attempt in delivery.Attempts) CheckAttempt(id, attempt, truth);
        foreach (var call in truth.Calls.Keys.Except(numbers)) ledger.Breach($"{id} was handled by attempt {call}, which the book does not know");
        if (delivery.Status == DeliveryStatus.Delivered && !delivery.Attempts.Any(attempt => attempt.Number > truth.State.CountedFrom && attempt.Outcome == AttemptOutcome.Done))
            ledger.Breach($"{id} is delivered without a Done attempt since it was last opened");
    }

    private void CheckAttempt(DeliveryId id, Attempt attempt, DeliveryLedger truth)
    {
        var wasCalled = truth.Calls.TryGetValue(attempt.Number, out var said);
        if (attempt.Outcome is AttemptOutcome.Done or AttemptOutcome.DeadLetter && said != attempt.Outcome) ledger.Breach($"{id} attempt {attempt.Number} is {attempt.Outcome}, but its handler said {said}");
        if (attempt.Outcome == AttemptOutcome.Retry && !wasCalled) ledger.Breach($"{id} attempt {attempt.Number} is Retry, but its handler was never called");
    }

    private async Task CheckDeadAsync(TableEventStore store)
    {
        var dead = await store.ListDeadAsync(new DeadLetterFilter { Limit = 500 }, default);
        var expected = ledger.Deliveries.Where(pair => pair.Value.State.Status == DeliveryStatus.DeadLettered).Select(pair => pair.Key.ToString()).Order(StringComparer.Ordinal);
        var actual = dead.Items.Select(item => item.Id.ToString()).Order(StringComparer.Ordinal);
        if (!expected.SequenceEqual(actual, StringComparer.Ordinal)) ledger.Breach($"the list of the dead shows {string.Join(' ', actual)} and the book's are {string.Join(' ', expected)}");
    }

    private void CheckIndex()
    {
        Check('d', "due rows", ledger.Deliveries.Values.Select(delivery => delivery.State.DueKey));
        Check('x', "dead rows", ledger.Deliveries.Values.Select(delivery => delivery.State.DeadKey));
        Check('o', "open deaths", []);
        Check('l', "list rows", ledger.Events.Values.Select(kept => kept.ListKey));

        void Check(char kind, string name, IEnumerable<string?> expected)
        {
            var rows = ledger.Index[kind].Order(StringComparer.Ordinal).ToList();
            var wanted = expected.OfType<string>().Order(StringComparer.Ordinal).ToList();
            if (!rows.SequenceEqual(wanted, StringComparer.Ordinal)) ledger.Breach($"{name}: left over {string.Join(' ', rows.Except(wanted))}, missing {string.Join(' ', wanted.Except(rows))}");
        }
    }

    private void CheckSums(Stats stats)
    {
        if (!stats.IsConserved) ledger.Breach($"the sums do not add up: {stats}");
        if (!world.Setting.IsCounted) return;
        var counts = ledger.Deliveries.Values.CountBy(delivery => delivery.State.Status).ToDictionary();
        var counted = new Stats(
            ledger.Events.Count, ledger.Deliveries.Count, Of(DeliveryStatus.Pending), Of(DeliveryStatus.Retrying), Of(DeliveryStatus.Delivered), Of(DeliveryStatus.DeadLettered), Of(DeliveryStatus.Expired), Of(DeliveryStatus.Skipped));
        if (stats != counted) ledger.Breach($"the sums say {stats} and the book holds {counted}");

        long Of(DeliveryStatus status) => counts.GetValueOrDefault(status);
    }

    private List<string> DeadLetters() =>
        [.. ledger.Deliveries.Where(pair => pair.Value.State.Status == DeliveryStatus.DeadLettered).Select(pair => $"{pair.Key}/{pair.Value.State.Number}").Order(StringComparer.Ordinal)];

    private List<string> DeadLetterQueue() =>
    [
        .. world.Broker.Peek(Setting.Queue, SubQueue.DeadLetter).Where(message => message.ApplicationProperties.ContainsKey(BellMessage.KindProperty))
            .Select(message => BellMessage.Read(message) is { } bell ? $"{bell.Delivery}/{BellMessage.DiedOf(message)}" : $"envelope {message.MessageId}").Order(StringComparer.Ordinal),
    ];
}
