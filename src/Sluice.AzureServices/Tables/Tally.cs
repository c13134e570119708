using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Inspection;

namespace Sluice.AzureServices.Tables;

/// <summary>Counts that can be added up; a change is one with negative parts.</summary>
internal readonly record struct Tally
{
    public long Events { get; init; }

    public long Pending { get; init; }

    public long Retrying { get; init; }

    public long Delivered { get; init; }

    public long DeadLettered { get; init; }

    public long Expired { get; init; }

    public long Skipped { get; init; }

    public static Tally operator +(Tally a, Tally b) => new()
    {
        Events = a.Events + b.Events, Pending = a.Pending + b.Pending, Retrying = a.Retrying + b.Retrying, Delivered = a.Delivered + b.Delivered,
        DeadLettered = a.DeadLettered + b.DeadLettered, Expired = a.Expired + b.Expired, Skipped = a.Skipped + b.Skipped,
    };

    public static Tally operator -(Tally a, Tally b) => new()
    {
        Events = a.Events - b.Events, Pending = a.Pending - b.Pending, Retrying = a.Retrying - b.Retrying, Delivered = a.Delivered - b.Delivered,
        DeadLettered = a.DeadLettered - b.DeadLettered, Expired = a.Expired - b.Expired, Skipped = a.Skipped - b.Skipped,
    };

    public static Tally Of(DeliveryStatus status, long count) => status switch
    {
        DeliveryStatus.Pending => new() { Pending = count },
        DeliveryStatus.Retrying => new() { Retrying = count },
        DeliveryStatus.Delivered => new() { Delivered = count },
        DeliveryStatus.DeadLettered => new() { DeadLettered = count },
        DeliveryStatus.Expired => new() { Expired = count },
        DeliveryStatus.Skipped => new() { Skipped = count },
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    public static Tally Read(TableEntity row) => new()
    {
        Events = row.GetInt64(nameof(Events)) ?? 0, Pending = row.GetInt64(nameof(Pending)) ?? 0, Retrying = row.GetInt64(nameof(Retrying)) ?? 0, Delivered = row.GetInt64(nameof(Delivered)) ?? 0,
        DeadLettered = row.GetInt64(nameof(DeadLettered)) ?? 0, Expired = row.GetInt64(nameof(Expired)) ?? 0, Skipped = row.GetInt64(nameof(Skipped)) ?? 0,
    };

    public TableEntity ToEntity(string partition, string row) => new(partition, row)
    {
        [nameof(Events)] = Events, [nameof(Pending)] = Pending, [nameof(Retrying)] = Retrying, [nameof(Delivered)] = Delivered,
        [nameof(DeadLettered)] = DeadLettered, [nameof(Expired)] = Expired, [nameof(Skipped)] = Skipped,
    };

    /// <summary>A process that was killed took some of its counting with it: what is less than nothing then shows as nothing.</summary>
    public Stats ToStats()
    {
        var (pending, retrying, delivered, dead, expired, skipped) = (Shown(Pending), Shown(Retrying), Shown(Delivered), Shown(DeadLettered), Shown(Expired), Shown(Skipped));
        return new(Shown(Events), pending + retrying + delivered + dead + expired + skipped, pending, retrying, delivered, dead, expired, skipped);
    }

    private static long Shown(long count) => Math.Max(count, 0);
}
