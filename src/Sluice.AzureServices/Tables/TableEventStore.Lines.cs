using Azure.Data.Tables;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

// A line is a partition of the index: a row for each place, written before its event, and the head, which says whose turn it is and is changed
// only by whoever has read it. Only whose turn it is is claimed. Its end wakes the next before it gives the turn on, so that at every moment
// somebody of the line is due: the one whose turn it is, the next, or an end that is written down as to be moved on from.
public sealed partial class TableEventStore
{
    /// <summary>Moves lines on whose ends somebody wrote down and did not come to the move. How many.</summary>
    public ValueTask<int> MoveLinesOnAsync(int limit, CancellationToken cancellationToken) => tables.WithinAsync(async token =>
    {
        var found = await Task.WhenAll(Keys.Shards.Select(shard => FirstAsync(shard.ToString(), Keys.Moving, null, limit, token)));
        var moved = 0;
        foreach (var row in found.SelectMany(rows => rows).Where(IsSettled).Take(limit))
        {
            var id = Keys.ReadMovingOn(row.RowKey);
            var place = LinePlace.Read(row.GetString("Line"))!;
            var delivery = await DeliveryAsync(id, token);
            var isEnded = delivery?.Line?.Row != place.Row || !delivery.IsInLine;
            // Somebody still holds it: the end may be under way.
            if (!isEnded && delivery!.Lease is not null) continue;
            if (isEnded) await MoveOnAsync(id, place, delivery, isRung: false, token);
            await ForgetAsync(row, token);
            moved++;
        }

        return moved;
    }, cancellationToken);

    /// <summary>Before an end: so that the line moves on whoever comes to it.</summary>
    private async Task LeaveAsync(DeliveryRow row, CancellationToken cancellationToken)
    {
        var leaving = IndexRow(row.Id.Event, Keys.MovingOn(row.Id));
        leaving["Line"] = row.Line!.ToString();
        // An end that came to nothing may have left one: it is this end's now, and nobody removes it for the other's.
        await Index.UpsertEntityAsync(leaving, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>After it: whose turn it is now.</summary>
    private async Task<Bell?> LeftAsync(DeliveryRow row, DeliveryRow? ended, bool isRung, CancellationToken cancellationToken)
    {
        var next = await MoveOnAsync(row.Id, row.Line!, ended, isRung, cancellationToken);
        await ForgetAsync(row.Id.Event, [Keys.MovingOn(row.Id)], cancellationToken);
        return next;
    }

    /// <summary>Gives the turn on from a place whose delivery has ended or is gone.</summary>
    private async Task<Bell?> MoveOnAsync(DeliveryId id, LinePlace place, DeliveryRow? ended, bool isRung, CancellationToken cancellationToken)
    {
        var partition = PartitionOf(id, place);
        for (var tries = 1; tries <= Tries; tries++)
        {
            var head = await HeadAsync(partition, cancellationToken);
            if (head.Turn is not null && head.Turn != place.Row)
            {
                // It is another's turn already; that it knows of it is all that may be missing.
                if (await StandingAtAsync(head.Turn, id.Destination, cancellationToken) is { } holder && Keys.IsAside(holder.DueKey ?? "") && !await WakeAsync(holder, null, isRung: false, cancellationToken)) continue;
                await ForgetPlaceAsync(partition, place.Row, cancellationToken);
                return null;
            }

            var (next, until) = await FirstPlaceAsync(partition, id.Destination, place.Row, cancellationToken);
            if (next is not null && !await WakeAsync(next, until, isRung, cancellationToken)) continue;
            if (!await WriteAsync(head, head.Sent(ended) with { Turn = until is null ? next?.Line!.Row : null }, cancellationToken)) continue;
            await ForgetPlaceAsync(partition, place.Row, cancellationToken);
            return next is null || until is not null || next.Status.IsEnd() || next.Lease is not null || Keys.IsParked(next.DueKey!) ? null : new Bell(next.Id, next.BellAttempt);
        }

        throw new StoreUnavailableException($"the line of {id} is changed by many at once");
    }

    /// <summary>Whether it is its turn. Otherwise it is put aside; null when the delivery was changed meanwhile.</summary>
    private async Task<bool?> HasTurnAsync(DeliveryRow row, CancellationToken cancellationToken)
    {
        var (partition, destination) = (PartitionOf(row.Id, row.Line!), row.Id.Destination);
        var head = await HeadAsync(partition, cancellationToken);
        if (head.Turn == row.Line!.Row) return true;
        if (head.Turn is not null)
        {
            if (await StandingAtAsync(head.Turn, destination, cancellationToken) is not { } holder)
            {
                // Whoever had the turn has ended and did not come to give it on.
                var ended = await DeliveryAsync(new(Keys.ReadPlace(head.Turn), destination), cancellationToken);
                await MoveOnAsync(new(Keys.ReadPlace(head.Turn), destination), row.Line with { Row = head.Turn }, ended?.Line?.Row == head.Turn ? ended : null, isRung: false, cancellationToken);
                return null;
            }

            if (Keys.IsAside(holder.DueKey ?? "")) await WakeAsync(holder, null, isRung: false, cancellationToken);
            return await PutAsideAsync(row, null, cancellationToken);
        }

        var (first, until) = await FirstPlaceAsync(partition, destination, null, cancellationToken);
        if (first is not null && first.Id != row.Id && Keys.IsAside(first.DueKey ?? "")) await WakeAsync(first, until, isRung: false, cancellationToken);
        if (first is not null && first.Id != row.Id) return await PutAsideAsync(row, null, cancellationToken);
        if (until is not null) return await PutAsideAsync(row, until, cancellationToken);
        return await WriteAsync(head, head with { Turn = row.Line.Row }, cancellationToken) ? true : null;
    }

    // Until a moment, or until it is its turn. Whoever gives it the turn changes its row, so that this does not pass by.
    private async Task<bool?> PutAsideAsync(DeliveryRow row, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (Keys.IsParked(row.DueKey!)) return false;
        if (until is { } moment) return await MoveDueAsync(row, moment, isRung: false, cancellationToken) ? false : null;
        if (Keys.IsAside(row.DueKey!)) return false;
        var receipt = NewReceipt();
        return await MoveDueAsync(row, Keys.Aside(Keys.ReadDue(row.DueKey!).Due, row.Id, row.BellAttempt, receipt), receipt, cancellationToken) ? false : null;
    }

    /// <summary>Makes one due whose turn it is to be. False when it was changed meanwhile.</summary>
    private async Task<bool> WakeAsync(DeliveryRow row, DateTimeOffset? until, bool isRung, CancellationToken cancellationToken)
    {
        // A parked one goes when its destination does; neither it nor a claimed one is ever put aside.
        if (row.Status.IsEnd() || row.Lease is not null || Keys.IsParked(row.DueKey!)) return true;
        var at = until ?? time.GetUtcNow();
        if (row.NextAttemptAt > at) at = row.NextAttemptAt.Value;
        isRung &= until is null;
        return await MoveDueAsync(row, isRung ? at + BellTimes.Grace : at, isRung, cancellationToken);
    }

    private static string PartitionOf(DeliveryId id, LinePlace place) => Keys.Line(id.Destination, place.OrderKey);
}
