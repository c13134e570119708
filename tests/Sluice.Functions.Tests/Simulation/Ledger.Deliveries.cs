using Azure.Data.Tables;
using Sluice.Events;

namespace Sluice.Functions.Tests.Simulation;

internal sealed partial class Ledger
{
    // What is known of an attempt stays; what was unknown may become known by its holder's late word.
    private void CommittedAttempt(TableEntity? before, TableEntity? after)
    {
        if (before is null || after is null || before.GetInt64("Booking") != after.GetInt64("Booking")) return;
        var (was, now) = ((AttemptOutcome)before.GetInt32("Outcome")!.Value, (AttemptOutcome)after.GetInt32("Outcome")!.Value);
        if (was == now) return;
        world.Trace.Add("book", "corrects", $"{after.PartitionKey} {after.RowKey}", $"{was} -> {now}");
        if (was == AttemptOutcome.Unknown) world.Faults.Count(Fault.UnknownReplaced);
        else Breach($"{after.PartitionKey} {after.RowKey} was {was} and became {now}");
    }

    private void CommittedDelivery(DeliveryId id, TableEntity? before, TableEntity? after)
    {
        var (was, now) = (before is null ? null : new DeliveryState(before), after is null ? null : new DeliveryState(after));
        Unfinished += (now is { IsEnd: false } ? 1 : 0) - (was is { IsEnd: false } ? 1 : 0);
        if (now is null)
        {
            if (was is { IsEnd: false }) Breach($"{id} was let go although it is {was.Status}");
            deliveries.Remove(id);
            return;
        }

        if (was is null)
        {
            deliveries[id] = new DeliveryLedger { State = now };
            if (now is not { Status: DeliveryStatus.Pending, Number: 0, Lease: null }) Breach($"{id} was booked as {now}");
            return;
        }

        var delivery = deliveries[id];
        delivery.State = now;
        if (was with { DueKey = now.DueKey } == now)
        {
            if (!was.IsEnd && now.DueKey is null) Breach($"{id} lost its due row");
            return;
        }

        world.Trace.Add("book", "changes", id, $"{was} -> {now}");
        Changed(id, delivery, was, now);
    }

    // Every change of a delivery has a name; one that has none is a breach.
    private void Changed(DeliveryId id, DeliveryLedger delivery, DeliveryState was, DeliveryState now)
    {
        if (now.Lease is not null && now.Lease != was.Lease) Claimed(id, delivery, was, now);
        else if (was.IsEnd && now is { Status: DeliveryStatus.Pending, Lease: null }) Reopened(id, was, now);
        else if (was is { Status: DeliveryStatus.DeadLettered } && now.Status == DeliveryStatus.Skipped && now.Number == was.Number) world.Faults.Count(Fault.Purged);
        else if (!was.IsEnd && now.Status == DeliveryStatus.Expired && now.Number == was.Number) world.Faults.Count(Fault.Expired);
        else Recorded(id, delivery, was, now);
    }

    private void Claimed(DeliveryId id, DeliveryLedger delivery, DeliveryState was, DeliveryState now)
    {
        var attempt = now.Number;
        if (attempt <= delivery.LastClaimed) Breach($"{id} attempt {attempt} was claimed twice");
        else if (attempt != delivery.LastClaimed + 1) Breach($"{id} attempt {attempt} was claimed after attempt {delivery.LastClaimed}");
        if (was.Lease is not null) Breach($"{id} attempt {attempt} was claimed while attempt {was.Number} was not recorded");
        if (was.IsEnd) Breach($"{id} attempt {attempt} was claimed although it is {was.Status}");
        if (now.CountedFrom != was.CountedFrom) Breach($"{id} attempt {attempt} counts from {now.CountedFrom}, not from {was.CountedFrom}");
        if (attempt - now.CountedFrom > world.Setting.MaxAttempts) Breach($"{id} attempt {attempt} is one too many: counted from {now.CountedFrom}, {world.Setting.MaxAttempts} are allowed");
        if (!delivery.WasLapsed && was.NextAttemptAt > Now + ClockSetBack + Tick) Breach($"{id} attempt {attempt} began {was.NextAttemptAt - Now} before its time");
        delivery.LastClaimed = Math.Max(attempt, delivery.LastClaimed);
    }

    private void Reopened(DeliveryId id, DeliveryState was, DeliveryState now)
    {
        world.Faults.Count(Fault.Reopened);
        if (now.Number != was.Number || now.CountedFrom != was.Number) Breach($"{id} was opened again as {now} after {was}");
    }

    private void Recorded(DeliveryId id, DeliveryLedger delivery, DeliveryState was, DeliveryState now)
    {
        if (was.Lease is null || was.IsEnd || now.Number != was.Number || now.Lease is not null) Breach($"{id} attempt {now.Number} was recorded although the delivery had moved on: {was} -> {now}");
        if (now.CountedFrom != was.CountedFrom) Breach($"{id} counts from {now.CountedFrom}, not from {was.CountedFrom}");
        if (now.Status == DeliveryStatus.Delivered && delivery.Calls.GetValueOrDefault(now.Number) != AttemptOutcome.Done) Breach($"{id} is delivered, but its handler did not say Done to attempt {now.Number}");
        if (now.Status is not (DeliveryStatus.Delivered or DeliveryStatus.DeadLettered or DeliveryStatus.Retrying)) Breach($"{id} became {now.Status} by an attempt");
        if (now.Status == DeliveryStatus.DeadLettered && delivery.Calls.GetValueOrDefault(now.Number) != AttemptOutcome.DeadLetter) world.Faults.Count(Fault.DiedByAttempts);
        // Of several that find a lease lapsed each decides when the next attempt is, and one that doubts whether its word was taken rings for its own moment.
        delivery.WasLapsed = was.LeaseUntil <= Now;
        if (delivery.WasLapsed) world.Faults.Count(Fault.LeaseLapsed);
    }
}
