using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.Inspection;

/// <summary>Filters as they stand in a query string: read by the endpoint, written by the commands.</summary>
public static class OpsQuery
{
    /// <summary>Null with an error when a value makes no sense.</summary>
    public static EventFilter? Events(IQueryCollection query, out string? error)
    {
        var limit = Limit(query, out error);
        if (Text(query, "status") is { } status && !EventRecord.Statuses.Contains(status, StringComparer.OrdinalIgnoreCase)) error = $"status is one of {string.Join(", ", EventRecord.Statuses)}";
        return error is not null ? null : new EventFilter
        {
            Source = Text(query, "source"), Type = Text(query, "type"), Status = Text(query, "status"), Before = Text(query, "before"), Limit = limit,
        };
    }

    /// <summary>Null with an error when a value makes no sense.</summary>
    public static DeadLetterFilter? DeadLetters(IQueryCollection query, out string? error)
    {
        var limit = Limit(query, out error);
        EventId? id = null;
        if (Text(query, "event") is { } text)
        {
            if (EventId.TryParse(text, out var parsed)) id = parsed;
            else error = "event is no event id; it has 32 hex digits";
        }

        DateTimeOffset? deadBefore = null;
        if (Text(query, "deadBefore") is { } moment)
        {
            if (DateTimeOffset.TryParse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)) deadBefore = parsed;
            else error = "deadBefore is no moment; write it as 2026-11-22T12:00:00Z";
        }

        return error is not null ? null : new DeadLetterFilter
        {
            Source = Text(query, "source"), Destination = Text(query, "destination"), Type = Text(query, "type"),
            Event = id, DeadBefore = deadBefore, Before = Text(query, "before"), Limit = limit,
        };
    }

    public static string Write(EventFilter filter) => Join(
        ("source", filter.Source), ("type", filter.Type), ("status", filter.Status), ("before", filter.Before), ("limit", filter.Limit.ToString(CultureInfo.InvariantCulture)));

    public static string Write(DeadLetterFilter filter) => Join(
        ("source", filter.Source), ("destination", filter.Destination), ("type", filter.Type), ("event", filter.Event?.ToString()),
        ("deadBefore", filter.DeadBefore?.ToString("O", CultureInfo.InvariantCulture)), ("before", filter.Before), ("limit", filter.Limit.ToString(CultureInfo.InvariantCulture)));

    private static string Join(params (string Name, string? Value)[] pairs) =>
        "?" + string.Join('&', pairs.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text, ..] ? text : null;

    private static int Limit(IQueryCollection query, out string? error)
    {
        error = null;
        if (Text(query, "limit") is not { } text) return EventFilter.DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= EventFilter.LargestLimit) return limit;
        error = $"limit is a number from 1 to {EventFilter.LargestLimit}";
        return 0;
    }
}
