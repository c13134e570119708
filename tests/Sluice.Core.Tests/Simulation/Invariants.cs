using Sluice.Configuration;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

/// <summary>What has to hold at every quiet point: the book compared with the ledger. Everything is read, nothing asked twice.</summary>
internal sealed class Invariants(IEventStore book, Ledger ledger, Setting setting, SluiceConfiguration configuration)
{
    public void Check(DateTimeOffset now)
    {
        var records = All();
        CheckKept(records, now);
        CheckSums(records);
        ledger.CheckOrder();
        foreach (var record in records)
        {
            CheckEvent(record);
            foreach (var delivery in record.Deliveries) CheckDelivery(new(record.Id, delivery.Destination), delivery, record.ReceivedAt, now);
        }

        if (book.DueAsync(DateTimeOffset.MaxValue, 10, default).AtOnce().Rows.Count > 0) ledger.Breach("something is due although nothing is unfinished");
        if (book.ParkedDestinationsAsync(default).AtOnce().Count > 0) ledger.Breach("something is parked although nothing is unfinished");
    }

    private List<EventRecord> All()
    {
        var all = new List<EventRecord>();
        var filter = new EventFilter();
        do
        {
            var page = book.ListAsync(filter, default).AtOnce();
            all.AddRange(page.Items);
            filter = filter with { Before = page.Next };
        }
        while (filter.Before is not null);
        return all;
    }

    private void CheckKept(List<EventRecord> records, DateTimeOffset now)
    {
        foreach (var same in records.GroupBy(record => (record.Source, record.IdempotencyKey)).Where(group => group.Count() > 1))
            ledger.Breach($"{same.Key} is {same.Count()} events");

        var kept = records.Select(record => record.Id).ToHashSet();
        foreach (var id in ledger.Acknowledged)
        {
            if (!kept.Contains(id) && !MayBeGone(id, now)) ledger.Breach($"{id} was acknowledged and is not in the book");
        }
    }

    private void CheckSums(List<EventRecord> records)
    {
        var stats = book.CountAsync(default).AtOnce();
        if (!stats.IsConserved) ledger.Breach($"the sums do not add up: {stats}");
        var counts = records.SelectMany(record => record.Deliveries).CountBy(delivery => delivery.Status).ToDictionary();
        var counted = new Stats(records.Count, counts.Values.Sum(), Of(DeliveryStatus.Pending), Of(DeliveryStatus.Retrying), Of(DeliveryStatus.Delivered), Of(DeliveryStatus.DeadLettered), Of(DeliveryStatus.Expired), Of(DeliveryStatus.Skipped));
        if (stats != counted) ledger.Breach($"the book says {stats} and holds {counted}");

        long Of(DeliveryStatus status) => counts.GetValueOrDefault(status);
    }

    private void CheckEvent(EventRecord record)
    {
        var loaded = book.LoadAsync(record.Id, default).AtOnce();
        if (loaded is null || !ledger.WasSent(record.Id, loaded.Body.Span)) ledger.Breach($"{record.Id} holds bytes that nobody sent");
        else if (!ledger.Booked.TryGetValue(record.Id, out var booked) || !booked.Body.Span.SequenceEqual(loaded.Body.Span)) ledger.Breach($"{record.Id} holds other bytes than were booked");

        if (!configuration.TryGetSource(record.Source, out var source)) return;
        var expected = source.Destinations.Where(destination => destination.TakesType(record.Type)).Select(destination => destination.Name).Order(StringComparer.Ordinal);
        var actual = record.Deliveries.Select(delivery => delivery.Destination).Order(StringComparer.Ordinal);
        if (!expected.SequenceEqual(actual, StringComparer.Ordinal)) ledger.Breach($"{record.Id} has the deliveries {string.Join(' ', actual)} and not {string.Join(' ', expected)}");
    }

    private void CheckDelivery(DeliveryId id, DeliveryRecord delivery, DateTimeOffset receivedAt, DateTimeOffset now)
    {
        var truth = ledger.Deliveries[id];
        if (!delivery.Status.IsEnd()) ledger.Breach($"{id} is {delivery.Status} and nothing brings it on");
        else if (delivery.Status == DeliveryStatus.Expired && receivedAt + setting.Retention > now + Margin) ledger.Breach($"{id} expired before its time");
        else if (delivery.Status != DeliveryStatus.Expired && delivery.Status != truth.Ended) ledger.Breach($"{id} is {delivery.Status}, but it ended {truth.Ended}");

        int[] numbers = [.. delivery.Attempts.Select(attempt => attempt.Number)];
        if (!numbers.SequenceEqual(Enumerable.Range(1, truth.LastClaimed))) ledger.Breach($"{id} has the attempts {string.Join(' ', numbers)} after {truth.LastClaimed} claims");
        foreach (var attempt in delivery.Attempts) CheckAttempt(id, attempt, truth);
        foreach (var call in truth.Calls.Keys.Except(numbers)) ledger.Breach($"{id} was handled by attempt {call}, which the book does not know");
        if (delivery.Status == DeliveryStatus.Delivered && !delivery.Attempts.Any(attempt => attempt.Number > truth.CountedFrom && attempt.Outcome == AttemptOutcome.Done))
            ledger.Breach($"{id} is delivered without a Done attempt since it was last opened");
    }

    private void CheckAttempt(DeliveryId id, Attempt attempt, DeliveryLedger truth)
    {
        var wasCalled = truth.Calls.TryGetValue(attempt.Number, out var said);
        if (attempt.Outcome is AttemptOutcome.Done or AttemptOutcome.DeadLetter && said != attempt.Outcome) ledger.Breach($"{id} attempt {attempt.Number} is {attempt.Outcome}, but its handler said {said}");
        if (attempt.Outcome == AttemptOutcome.Retry && !wasCalled) ledger.Breach($"{id} attempt {attempt.Number} is Retry, but its handler was never called");
    }

    private bool MayBeGone(EventId id, DateTimeOffset now) => ledger.Booked.TryGetValue(id, out var booked) && booked.ReceivedAt + setting.Retention <= now + Margin;

    // The wall clock may have been set back since retention looked at it.
    private static TimeSpan Margin => TimeSpan.FromMinutes(30);
}
