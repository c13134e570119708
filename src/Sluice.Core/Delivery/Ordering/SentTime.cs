using System.Globalization;
using Sluice.Configuration;
using Sluice.Events;

namespace Sluice.Delivery;

/// <summary>The sender's own time of an event: a date as ISO 8601 or HTTP writes it, or seconds, milliseconds or microseconds since 1970.</summary>
public static class SentTime
{
    // Seconds beyond the year 5138 are milliseconds since 1973, and those beyond it microseconds.
    private const decimal MostSeconds = 100_000_000_000;
    private const decimal MostMilliseconds = 100_000_000_000_000;
    private const decimal MostMicroseconds = 100_000_000_000_000_000;

    /// <summary>Null where there is none that can be read.</summary>
    public static DateTimeOffset? Of(ValueAt place, WebhookEvent webhook) => Read(TextAt(place, webhook));

    private static string? TextAt(ValueAt place, WebhookEvent webhook)
    {
        if (place.Header is { } name) return webhook.Headers.First(name);
        return place.Json!.TryFind(webhook.Body.Span, out var found) ? Condition.TextOf(ref found) : null;
    }

    private static DateTimeOffset? Read(string? text)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var microseconds = number < MostSeconds ? number * 1_000_000 : number < MostMilliseconds ? number * 1000 : number;
            return microseconds < MostMicroseconds ? DateTimeOffset.UnixEpoch.AddTicks((long)(microseconds * 10)) : null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment) ? moment : null;
    }
}
