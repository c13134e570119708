using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

/// <summary>Where a delivery stands. Every change is written with the etag of what was read.</summary>
internal sealed record DeliveryRow
{
    public static readonly string[] Columns = ["Status", "Number", "CountedFrom", "Reason", "StatusCode", "NextAttemptAt", "DueKey", "DeadKey", "LeaseToken", "LeaseUntil", "EndedAt", "Receipt", "Booking", "Line"];

    public required DeliveryId Id { get; init; }

    public DeliveryStatus Status { get; init; }

    /// <summary>The last attempt that was begun.</summary>
    public int Number { get; init; }

    public int CountedFrom { get; init; }

    public string? Reason { get; init; }

    /// <summary>The destination's status at its end.</summary>
    public int? StatusCode { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Its due row; any other of this delivery is left over and means nothing. Null at an end.</summary>
    public string? DueKey { get; init; }

    /// <summary>Its row among the dead; null where it is not dead.</summary>
    public string? DeadKey { get; init; }

    public Lease? Lease { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The number of the last write, by which a writer knows its own after an answer that got lost.</summary>
    public required long Receipt { get; init; }

    /// <summary>The booking that it belongs to.</summary>
    public required long Booking { get; init; }

    /// <summary>Its place in a line; null where it never had one.</summary>
    public LinePlace? Line { get; init; }

    public ETag ETag { get; init; }

    /// <summary>Whether others of its line wait for it: it has not ended, or is dead and holds them.</summary>
    public bool IsInLine => Line is { IsOutOfOrder: false } && (!Status.IsEnd() || (Status == DeliveryStatus.DeadLettered && Line.Holds));

    /// <summary>The attempt that a bell about it names: the next, or the one under way.</summary>
    public int BellAttempt => Lease is null ? Number + 1 : Number;

    public bool IsHeld(DateTimeOffset now) => Lease is not null && Lease.Until > now;

    public static DeliveryRow Read(TableEntity entity) => new()
    {
        Id = new(EventId.TryParse(entity.PartitionKey, out var id) ? id : throw new FormatException($"partition '{entity.PartitionKey}' is no event"), entity.RowKey[2..]),
        Status = (DeliveryStatus)entity.GetInt32("Status")!.Value,
        Number = entity.GetInt32("Number")!.Value,
        CountedFrom = entity.GetInt32("CountedFrom") ?? 0,
        Reason = entity.GetString("Reason"),
        StatusCode = entity.GetInt32("StatusCode"),
        NextAttemptAt = entity.GetDateTimeOffset("NextAttemptAt"),
        DueKey = entity.GetString("DueKey"),
        DeadKey = entity.GetString("DeadKey"),
        Lease = entity.GetInt64("LeaseToken") is { } token ? new Lease(token, entity.GetDateTimeOffset("LeaseUntil")!.Value) : null,
        EndedAt = entity.GetDateTimeOffset("EndedAt"),
        Receipt = entity.GetInt64("Receipt")!.Value,
        Booking = entity.GetInt64("Booking") ?? 0,
        Line = LinePlace.Read(entity.GetString("Line")),
        ETag = entity.ETag,
    };

    public TableEntity ToEntity()
    {
        var entity = new TableEntity(Id.Event.ToString(), Keys.Delivery(Id.Destination))
        {
            ["Status"] = (int)Status, ["Number"] = Number, ["Receipt"] = Receipt, ["Booking"] = Booking,
        };
        if (CountedFrom != 0) entity["CountedFrom"] = CountedFrom;
        if (Reason is not null) entity["Reason"] = Reason;
        if (StatusCode is not null) entity["StatusCode"] = StatusCode;
        if (NextAttemptAt is not null) entity["NextAttemptAt"] = NextAttemptAt;
        if (DueKey is not null) entity["DueKey"] = DueKey;
        if (DeadKey is not null) entity["DeadKey"] = DeadKey;
        if (EndedAt is not null) entity["EndedAt"] = EndedAt;
        if (Line is not null) entity["Line"] = Line.ToString();
        if (Lease is not null) (entity["LeaseToken"], entity["LeaseUntil"]) = (Lease.Token, Lease.Until);
        return entity;
    }

    /// <summary>The delivery at an end: nothing is due and nobody holds it.</summary>
    public DeliveryRow Ended(DeliveryStatus status, string? reason, DateTimeOffset at) => this with
    {
        Status = status, Reason = reason, EndedAt = at, DueKey = null, DeadKey = null, NextAttemptAt = null, Lease = null,
    };

    public Claim ToClaim(WebhookEvent? webhook = null) => new() { Delivery = Id, Attempt = Number, CountedFrom = CountedFrom, Lease = Lease!, Event = webhook, Version = ClaimVersion.Of(this).ToString() };

    public DeliveryRecord ToRecord(IEnumerable<AttemptRow> attempts) => new()
    {
        Destination = Id.Destination, Status = Status, Reason = Reason, NextAttemptAt = NextAttemptAt, IsOutOfOrder = Line?.IsOutOfOrder == true,
        Attempts = [.. attempts.Where(row => row.Destination == Id.Destination).Select(row => row.Attempt).OrderBy(attempt => attempt.Number)],
    };
}

/// <summary>What a claim remembers of its row, as <see cref="Claim.Version"/>.</summary>
internal sealed record ClaimVersion(long Token, DeliveryStatus Status, string DueKey, long Booking, ETag ETag, LinePlace? Line)
{
    public static ClaimVersion Of(DeliveryRow row) => new(row.Lease!.Token, row.Status, row.DueKey!, row.Booking, row.ETag, row.Line);

    /// <summary>Null where the claim has none or it is another claim's.</summary>
    public static ClaimVersion? Of(Claim claim) =>
        claim.Version?.Split('\n') is [var token, var status, var due, var booking, var etag, var line] && long.Parse(token, CultureInfo.InvariantCulture) == claim.Lease.Token
            ? new(claim.Lease.Token, Enum.Parse<DeliveryStatus>(status), due, long.Parse(booking, CultureInfo.InvariantCulture), new ETag(etag), LinePlace.Read(line))
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Token}\n{Status}\n{DueKey}\n{Booking}\n{ETag}\n{Line}");
}
