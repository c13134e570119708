using System.Globalization;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Contracts;

/// <summary>What is read from the book in memory.</summary>
public sealed partial class InMemoryEventStore
{
    // So few rows per call that readers who take a short page for the last one are found out.
    private const int RowsPerItem = 4;

    public ValueTask<DueRows> DueAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            List<KeptDelivery> open = [.. events.Values.SelectMany(kept => kept.Deliveries).Where(delivery => !delivery.Status.IsEnd() && !delivery.IsParked && !delivery.IsBehind).OrderBy(delivery => delivery.Due)];
            List<KeptDelivery> due = [.. open.TakeWhile(delivery => delivery.Due <= upTo)];
            var next = due.Count > limit ? null : open.Skip(due.Count).FirstOrDefault()?.Due;
            return new(new DueRows([.. due.Take(limit).Select(delivery => new DueRow(delivery.Bell, delivery.Due))], next));
        }
    }

    public ValueTask<IReadOnlyList<DueRow>> ParkedAsync(string destination, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var parked = events.Values.SelectMany(kept => kept.Deliveries).Where(delivery => delivery.IsParked && delivery.Id.Destination == destination).OrderBy(delivery => delivery.Due);
            return new([.. parked.Take(limit).Select(delivery => new DueRow(delivery.Bell, delivery.Due))]);
        }
    }

    public ValueTask<IReadOnlyList<string>> ParkedDestinationsAsync(CancellationToken cancellationToken)
    {
        lock (gate) return new([.. events.Values.SelectMany(kept => kept.Deliveries).Where(delivery => delivery.IsParked).Select(delivery => delivery.Id.Destination).Distinct(StringComparer.Ordinal)]);
    }

    public ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken cancellationToken)
    {
        lock (gate) return new(events.TryGetValue(id, out var kept) ? kept.Event : null);
    }

    public ValueTask<EventRecord?> FindAsync(EventId id, CancellationToken cancellationToken)
    {
        lock (gate) return new(events.TryGetValue(id, out var kept) ? kept.ToRecord() : null);
    }

    public ValueTask<Page<EventRecord>> ListAsync(EventFilter filter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var rows = events.Values.Select(kept => (Cursor: Cursor(kept.Event.ReceivedAt, kept.Event.Id.ToString()), Item: kept.ToRecord()));
            return new(Read(rows, filter.Before, filter.Limit, record =>
                (filter.Source is null || record.Source == filter.Source)
                && (filter.Type is null || Matches(filter.Type, record.Type))
                && (filter.Status is null || record.Status.Equals(filter.Status, StringComparison.OrdinalIgnoreCase))));
        }
    }

    public ValueTask<Page<DeadLetter>> ListDeadAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var rows = events.Values
                .SelectMany(kept => kept.Deliveries, (kept, delivery) => (kept.Event, Delivery: delivery))
                .Where(row => row.Delivery.Status == DeliveryStatus.DeadLettered)
                .Select(row => (Cursor: Cursor(row.Delivery.EndedAt, row.Delivery.Id.ToString()), Item: ToDeadLetter(row.Event, row.Delivery)));
            return new(Read(rows, filter.Before, filter.Limit, dead =>
                (filter.Source is null || dead.Source == filter.Source)
                && (filter.Destination is null || dead.Id.Destination == filter.Destination)
                && (filter.Type is null || Matches(filter.Type, dead.Type))
                && (filter.Event is null || dead.Id.Event == filter.Event)
                && (filter.DeadBefore is null || dead.DeadAt < filter.DeadBefore)));
        }
    }

    public ValueTask<Stats> CountAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var counts = new long[6];
            foreach (var kept in events.Values)
            {
                foreach (var delivery in kept.Deliveries) counts[(int)delivery.Status]++;
            }

            return new(new Stats(events.Count, counts.Sum(), counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]));
        }
    }

    // Newest first; the cursor is the place of the last row that was looked at.
    private static Page<T> Read<T>(IEnumerable<(string Cursor, T Item)> all, string? before, int limit, Func<T, bool> matches)
    {
        if (before is not null && !(before.Length > 15 && before[15] == '.' && before.AsSpan(0, 15).IndexOfAnyExceptInRange('0', '9') < 0)) throw new CursorException();
        var items = new List<T>();
        var looked = 0;
        string? last = null;
        foreach (var (cursor, item) in all.Where(row => before is null || string.CompareOrdinal(row.Cursor, before) < 0).OrderByDescending(row => row.Cursor, StringComparer.Ordinal))
        {
            if (items.Count == limit || looked == limit * RowsPerItem) return new(items, last);
            if (matches(item)) items.Add(item);
            looked++;
            last = cursor;
        }

        return new(items, null);
    }

    private static string Cursor(DateTimeOffset at, string id) => string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds():D15}.{id}");

    private static DeadLetter ToDeadLetter(WebhookEvent webhook, KeptDelivery delivery) => new()
    {
        Id = delivery.Id,
        Source = webhook.Source,
        Type = webhook.Type,
        Reason = delivery.Reason ?? "",
        StatusCode = delivery.Attempts.Values.LastOrDefault()?.StatusCode,
        Attempts = delivery.Attempts.Count,
        DeadAt = delivery.EndedAt,
    };

    // By itself and not with the core's matcher, which the contract is there to judge.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        if (pattern.IsEmpty) return text.IsEmpty;
        if (pattern[0] != '*') return !text.IsEmpty && text[0] == pattern[0] && Matches(pattern[1..], text[1..]);
        return Matches(pattern[1..], text) || (!text.IsEmpty && Matches(pattern, text[1..]));
    }
}
