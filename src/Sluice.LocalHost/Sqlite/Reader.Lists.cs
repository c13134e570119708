using System.Globalization;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.LocalHost.Sqlite;

/// <summary>The lists that people page through.</summary>
internal sealed partial class Reader
{
    /// <summary>So many rows one page may look at; beyond that the caller goes on from the cursor.</summary>
    private const int MostRows = 2000;

    public Page<EventRecord> List(EventFilter filter)
    {
        var from = filter.Before is null ? long.MaxValue : long.TryParse(filter.Before, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) ? seq : throw new CursorException();
        var found = new List<EventRecord>();
        var (looked, last) = (0, from);
        using var snapshot = new Snapshot(this);
        list.Bind(from).Bind(MostRows);
        while (found.Count < filter.Limit && list.Step())
        {
            looked++;
            last = list.Long(0);
            if (filter.Source is not null && list.Text(2) != filter.Source) continue;
            if (filter.Type is not null && !Destination.Matches(filter.Type, list.Text(3))) continue;
            var record = Record(list);
            if (filter.Status is null || record.Status.Equals(filter.Status, StringComparison.OrdinalIgnoreCase)) found.Add(record);
        }

        list.Reset();
        var more = found.Count == filter.Limit || looked == MostRows;
        return new(found, more ? last.ToString(CultureInfo.InvariantCulture) : null);
    }

    public Page<DeadLetter> ListDead(DeadLetterFilter filter)
    {
        var cursor = filter.Before is not null ? DeadCursor.Parse(filter.Before) ?? throw new CursorException() : new DeadCursor(filter.DeadBefore?.ToUnixTimeMilliseconds() ?? long.MaxValue, 0, "");
        var found = new List<DeadLetter>();
        var looked = 0;
        dead.Bind(cursor.EndedAt).Bind(cursor.Event).Bind(cursor.Destination).Bind(MostRows);
        while (found.Count < filter.Limit && dead.Step())
        {
            looked++;
            cursor = new DeadCursor(dead.Long(6), dead.Long(0), dead.Text(2));
            var letter = new DeadLetter
            {
                Id = new DeliveryId(dead.Id(1), dead.Text(2)), Source = dead.Text(3), Type = dead.Text(4), Reason = dead.TextOrNull(5) ?? "",
                DeadAt = dead.Time(6), StatusCode = dead.IsNull(7) ? null : dead.Int(7), Attempts = dead.Int(8),
            };
            if (Matches(filter, letter)) found.Add(letter);
        }

        dead.Reset();
        return new(found, found.Count == filter.Limit || looked == MostRows ? cursor.ToString() : null);
    }

    private static bool Matches(DeadLetterFilter filter, DeadLetter letter) =>
        (filter.Source is null || letter.Source == filter.Source)
        && (filter.Destination is null || letter.Id.Destination == filter.Destination)
        && (filter.Event is null || letter.Id.Event == filter.Event)
        && (filter.Type is null || Destination.Matches(filter.Type, letter.Type));

    /// <summary>A place in the list of the dead: newest first, ties in a fixed order.</summary>
    private sealed record DeadCursor(long EndedAt, long Event, string Destination)
    {
        public static DeadCursor? Parse(string? text) =>
            text?.Split('.', 3) is [var at, var @event, var destination]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var endedAt)
            && long.TryParse(@event, NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
                ? new(endedAt, seq, destination)
                : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{EndedAt}.{Event}.{Destination}");
    }
}
