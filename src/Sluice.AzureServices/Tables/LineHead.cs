using Azure;
using Azure.Data.Tables;
using Sluice.Events;

namespace Sluice.AzureServices.Tables;

/// <summary>Whose turn it is in a line, and up to which of the senders' times its events were delivered. There is no row where there is nothing to say.</summary>
/// <param name="Turn">The key of the place whose turn it is; null where it is nobody's.</param>
/// <param name="SentBy">The event that <paramref name="SentUpTo"/> is of, with which it goes.</param>
internal sealed record LineHead(string Partition, string? Turn = null, DateTimeOffset? SentUpTo = null, string? SentBy = null, ETag ETag = default)
{
    public bool IsEmpty => Turn is null && SentUpTo is null;

    public static LineHead Read(TableEntity row) => new(row.PartitionKey, row.GetString("Turn"), row.GetInt64("SentUpTo") is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null, row.GetString("SentBy"), row.ETag);

    public TableEntity ToEntity()
    {
        var row = new TableEntity(Partition, Keys.Head);
        if (Turn is not null) row["Turn"] = Turn;
        // As a number: a sender's time may be earlier than the year 1601, where the table's own begin.
        if (SentUpTo is not null) (row["SentUpTo"], row["SentBy"]) = (SentUpTo.Value.UtcTicks, SentBy);
        return row;
    }

    /// <summary>With what was delivered now.</summary>
    public LineHead Sent(DeliveryRow? delivered) => delivered is { Status: DeliveryStatus.Delivered, Line.SentAt: { } sentAt } && !(sentAt < SentUpTo)
        ? this with { SentUpTo = sentAt, SentBy = delivered.Id.Event.ToString() }
        : this;
}
