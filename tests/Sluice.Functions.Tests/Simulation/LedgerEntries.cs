using System.IO.Compression;
using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Events;

namespace Sluice.Functions.Tests.Simulation;

/// <summary>An event that is in the book, as its row says.</summary>
internal sealed class EventLedger(TableEntity row)
{
    public DateTimeOffset ReceivedAt { get; } = row.GetDateTimeOffset("ReceivedAt")!.Value;

    public string ListKey { get; } = row.GetString("ListKey");

    public byte[] Body { get; } = row.GetString("BodyEncoding") == "br" ? Expand(row.GetBinary("B0"), row.GetInt32("BodyBytes")!.Value) : row.GetBinary("B0");

    public static EventId IdOf(TableEntity row) => EventId.TryParse(row.PartitionKey, out var id) ? id : throw new FormatException($"partition '{row.PartitionKey}' is no event");

    private static byte[] Expand(byte[] stored, int length)
    {
        var body = new byte[length];
        return BrotliDecoder.TryDecompress(stored, body, out var written) && written == length ? body : [];
    }
}

/// <summary>What truly happened to one delivery.</summary>
internal sealed class DeliveryLedger
{
    public required DeliveryState State { get; set; }

    public int LastClaimed { get; set; }

    /// <summary>Whether the last attempt was recorded when its lease had ended.</summary>
    public bool WasLapsed { get; set; }

    /// <summary>The handler's calls by attempt and what it said; null while it has said nothing.</summary>
    public SortedDictionary<int, AttemptOutcome?> Calls { get; } = [];
}

/// <summary>Where a delivery stands, as its row says.</summary>
internal sealed record DeliveryState(DeliveryStatus Status, int Number, int CountedFrom, DateTimeOffset? NextAttemptAt, long? Lease, DateTimeOffset? LeaseUntil, string? DueKey, string? DeadKey, LinePlace? Line)
{
    public DeliveryState(TableEntity row)
        : this(
            (DeliveryStatus)row.GetInt32("Status")!.Value, row.GetInt32("Number")!.Value, row.GetInt32("CountedFrom") ?? 0, row.GetDateTimeOffset("NextAttemptAt"),
            row.GetInt64("LeaseToken"), row.GetDateTimeOffset("LeaseUntil"), row.GetString("DueKey"), row.GetString("DeadKey"), LinePlace.Read(row.GetString("Line")))
    {
    }

    public bool IsEnd => Status.IsEnd();

    public override string ToString() => $"{Status} {Number} from {CountedFrom}{(Lease is null ? "" : $" held until {LeaseUntil:HH:mm:ss}")}{(NextAttemptAt is null ? "" : $" next {NextAttemptAt:HH:mm:ss}")}";
}
