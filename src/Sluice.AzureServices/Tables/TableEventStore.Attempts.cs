using Azure;
using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

public sealed partial class TableEventStore
{
    public ValueTask<ClaimAnswer> ClaimAsync(Bell bell, Lease lease, DateTimeOffset now, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            // One look at everything: the event is at hand for the handler then.
            var rows = await PartitionAsync(bell.Delivery.Event, "b", "e", null, token);
            if (Event(rows) is not { } webhook) return new ClaimAnswer(ClaimResult.Missing);
            if (webhook.More.Length > 0) await AddRestAsync(webhook, token);
            var row = Deliveries(rows).FirstOrDefault(row => row.Id == bell.Delivery);
            if (row is null && webhook.More.Contains(bell.Delivery.Destination)) continue;
            if (row is null) return new ClaimAnswer(ClaimResult.Missing);
            // The claim itself is ours where its answer got lost.
            if (row.Lease?.Token == lease.Token) return new ClaimAnswer(ClaimResult.Claimed, await PlacedAsync(row.ToClaim(webhook.ToEvent(rows)), row, token));
            if (row.Status.IsEnd() || bell.Attempt != row.BellAttempt) return new ClaimAnswer(ClaimResult.Stale);
            if (row.IsHeld(now))
            {
                // This bell is spent: what looks after the holder's end now is the due row.
                if (Keys.ReadDue(row.DueKey!).Due > row.Lease!.Until) await MoveDueAsync(row, row.Lease.Until, isRung: false, token);
                return new ClaimAnswer(ClaimResult.Leased);
            }

            if (row.Lease is not null) return new ClaimAnswer(ClaimResult.Lapsed, row.ToClaim());
            if (row.IsInLine && await HasTurnAsync(row, token) is var hasTurn and not true)
            {
                if (hasTurn == false) return new ClaimAnswer(ClaimResult.Behind);
                continue;
            }

            // A parked one is due again from now on, whatever becomes of its holder.
            if (Keys.IsParked(row.DueKey!) || Keys.IsAside(row.DueKey!))
            {
                await MoveDueAsync(row, lease.Until, isRung: false, token);
                continue;
            }

            var claimed = row with { Number = bell.Attempt, Lease = lease, Receipt = NewReceipt() };
            try
            {
                var answer = await Book.UpdateEntityAsync(claimed.ToEntity(), row.ETag, TableUpdateMode.Replace, token);
                return new ClaimAnswer(ClaimResult.Claimed, await PlacedAsync((claimed with { ETag = answer.Headers.ETag ?? default }).ToClaim(webhook.ToEvent(rows)), claimed, token));
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                // Somebody was faster, or our own change that the SDK tried twice: the next look tells.
            }
        }

        throw new StoreUnavailableException($"{bell.Delivery} is changed by many at once");
    }, cancellationToken);

    public ValueTask<Recorded> RecordAsync(Completion completion, CancellationToken cancellationToken)
    {
        var receipt = NewReceipt();
        return tables.WithinAsync(token => RecordAsync(completion, receipt, token), cancellationToken);
    }

    private async Task<Recorded> RecordAsync(Completion completion, long receipt, CancellationToken cancellationToken)
    {
        var claim = completion.Claim;
        var id = claim.Delivery;
        var version = ClaimVersion.Of(claim);
        if (version is null || version.ETag == default)
        {
            var row = await DeliveryAsync(id, cancellationToken);
            if (row is null || !Holds(row, claim)) return await RefuseAsync(row, completion, cancellationToken);
            version = ClaimVersion.Of(row);
        }

        var next = Outcome(completion, version, receipt);
        var leaves = next.Line is { IsOutOfOrder: false } && !next.IsInLine;
        if (leaves) await LeaveAsync(next, cancellationToken);
        await WriteIndexAsync(next, completion, cancellationToken);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await Book.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.UpdateReplace, next.ToEntity(), version.ETag),
                    new(TableTransactionActionType.UpsertReplace, new AttemptRow(id.Destination, completion.Attempt, version.Booking).ToEntity(id.Event)),
                ], cancellationToken);
                break;
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                var row = await DeliveryAsync(id, cancellationToken);
                if (row?.Receipt == receipt) break;
                if (row is null || !Holds(row, claim))
                {
                    await ForgetAsync(id.Event, [next.DueKey, next.DeadKey], cancellationToken);
                    return await RefuseAsync(row, completion, cancellationToken);
                }

                // Still ours: only its due row was moved.
                version = ClaimVersion.Of(row);
                if (tries == Tries) throw new StoreUnavailableException($"{id} is changed by many at once");
            }
        }

        sums.Moved(version.Status, completion.Status);
        await ForgetAsync(id.Event, [version.DueKey], cancellationToken);
        if (next is { Status: DeliveryStatus.Delivered, Line: { IsOutOfOrder: true, SentAt: not null } }) await NoteSentAsync(next, cancellationToken);
        return new(IsHeld: true, leaves ? await LeftAsync(next, next, isRung: true, cancellationToken) : null);
    }

    private static bool Holds(DeliveryRow row, Claim claim) => row.Number == claim.Attempt && row.Lease?.Token == claim.Lease.Token;

    private static DeliveryRow Outcome(Completion completion, ClaimVersion version, long receipt)
    {
        var claim = completion.Claim;
        var row = new DeliveryRow { Id = claim.Delivery, Number = claim.Attempt, CountedFrom = claim.CountedFrom, Receipt = receipt, Booking = version.Booking, Line = completion.ReleasesLine ? version.Line?.Released : version.Line };
        if (completion.Status.IsEnd())
        {
            row = row.Ended(completion.Status, completion.Reason, completion.At) with { StatusCode = completion.Attempt.StatusCode };
            return completion.Status == DeliveryStatus.DeadLettered ? row with { DeadKey = Keys.DeadLetter(completion.At, claim.Delivery, receipt) } : row;
        }

        var due = completion.Due!.Value;
        return row with
        {
            Status = completion.Status, Reason = completion.Reason, NextAttemptAt = completion.NextAttemptAt,
            DueKey = Keys.Due(isRung: due != completion.NextAttemptAt, due, claim.Delivery, claim.Attempt + 1, receipt),
        };
    }

    // Before the delivery itself: what is due or dead is found from the moment it is so.
    private async Task WriteIndexAsync(DeliveryRow next, Completion completion, CancellationToken cancellationToken)
    {
        if (next.DueKey is not null) await AddIndexAsync(next.Id.Event, next.DueKey, cancellationToken);
        if (next.DeadKey is null) return;
        // The open death may be there: its key is the death's, and an earlier try of it may not have come as far as the delivery.
        var (dead, open) = (IndexRow(next.Id.Event, next.DeadKey), IndexRow(next.Id.Event, Keys.OpenDeath(next.Id, completion.Attempt.Number)));
        await Index.SubmitTransactionAsync([new(TableTransactionActionType.UpsertReplace, dead), new(TableTransactionActionType.UpsertReplace, open)], cancellationToken);
    }

    // What is known of an attempt is not made unknown again, and the first word stands.
    private async Task<Recorded> RefuseAsync(DeliveryRow? row, Completion completion, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= Tries && row is not null; tries++)
        {
            var (partition, key) = (row.Id.Event.ToString(), Keys.Attempt(row.Id.Destination, completion.Attempt.Number));
            var found = await Book.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken);
            var there = found.HasValue ? AttemptRow.Read(found.Value!) : null;
            if (there is not null && there.Booking == row.Booking && there.Attempt.Outcome != AttemptOutcome.Unknown) return new(IsHeld: false);
            var attempt = new AttemptRow(row.Id.Destination, completion.Attempt, row.Booking).ToEntity(row.Id.Event);
            try
            {
                // With the delivery as it was read, so that nothing is written beside one that is let go at the same moment.
                await Book.SubmitTransactionAsync(
                [
                    new(TableTransactionActionType.UpdateReplace, row.ToEntity(), row.ETag),
                    there is null ? new(TableTransactionActionType.Add, attempt) : new(TableTransactionActionType.UpdateReplace, attempt, there.ETag),
                ], cancellationToken);
                return new(IsHeld: false);
            }
            catch (RequestFailedException e) when (IsConflict(e))
            {
                row = await DeliveryAsync(row.Id, cancellationToken);
            }
        }

        return new(IsHeld: false);
    }
}
