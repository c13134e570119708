using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Sluice.Events;

namespace Sluice.AzureServices.Tables;

/// <summary>An attempt in its event's partition.</summary>
/// <param name="Booking">The booking that it belongs to: of one that was let go since, it means nothing.</param>
internal sealed record AttemptRow(string Destination, Attempt Attempt, long Booking, ETag ETag = default)
{
    public static readonly string[] Columns = ["Outcome", "StatusCode", "Error", "StartedAt", "DurationTicks", "Booking"];

    public static AttemptRow Read(TableEntity entity)
    {
        var dash = entity.RowKey.LastIndexOf('-');
        return new(entity.RowKey[2..dash], new Attempt
        {
            Number = int.Parse(entity.RowKey.AsSpan(dash + 1), CultureInfo.InvariantCulture),
            Outcome = (AttemptOutcome)entity.GetInt32("Outcome")!.Value,
            StatusCode = entity.GetInt32("StatusCode"),
            Error = entity.GetString("Error"),
            StartedAt = entity.GetDateTimeOffset("StartedAt")!.Value,
            Duration = TimeSpan.FromTicks(entity.GetInt64("DurationTicks")!.Value),
        }, entity.GetInt64("Booking") ?? 0, entity.ETag);
    }

    public TableEntity ToEntity(EventId id)
    {
        var entity = new TableEntity(id.ToString(), Keys.Attempt(Destination, Attempt.Number))
        {
            ["Outcome"] = (int)Attempt.Outcome, ["StartedAt"] = Attempt.StartedAt, ["DurationTicks"] = Attempt.Duration.Ticks, ["Booking"] = Booking,
        };
        if (Attempt.StatusCode is not null) entity["StatusCode"] = Attempt.StatusCode;
        if (Attempt.Error is not null) entity["Error"] = Attempt.Error;
        return entity;
    }
}
