using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sluice.Inspection;

namespace Sluice.Quarantine;

/// <summary>The filter as it stands in a query string: read by the endpoint, written by the commands.</summary>
public static class QuarantineQuery
{
    /// <summary>Null with an error when a value makes no sense.</summary>
    public static RejectionFilter? Read(IQueryCollection query, out string? error)
    {
        error = null;
        var limit = EventFilter.DefaultLimit;
        if (Text("limit") is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > EventFilter.LargestLimit))
        {
            error = $"limit is a number from 1 to {EventFilter.LargestLimit}";
            return null;
        }

        return new RejectionFilter { Source = Text("source"), Before = Text("before"), Limit = limit };

        string? Text(string name) => query[name] is [{ Length: > 0 } value, ..] ? value : null;
    }

    public static string Write(RejectionFilter filter) =>
        $"?limit={filter.Limit.ToString(CultureInfo.InvariantCulture)}{Pair("source", filter.Source)}{Pair("before", filter.Before)}";

    private static string Pair(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
