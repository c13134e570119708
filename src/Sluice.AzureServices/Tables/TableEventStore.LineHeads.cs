using Azure;
using Azure.Data.Tables;
using Sluice.Storage;

namespace Sluice.AzureServices.Tables;

// What the head of a line says: whose turn it is, and the latest of the senders' times that were delivered.
public sealed partial class TableEventStore
{
    private async Task<LineHead> HeadAsync(string partition, CancellationToken cancellationToken)
    {
        var found = await Index.GetEntityIfExistsAsync<TableEntity>(partition, Keys.Head, cancellationToken: cancellationToken);
        return found.HasValue ? LineHead.Read(found.Value!) : new LineHead(partition);
    }

    // False when somebody else has written since.
    private async Task<bool> WriteAsync(LineHead from, LineHead to, CancellationToken cancellationToken)
    {
        try
        {
            if (from.IsEmpty && to.IsEmpty) return true;
            if (from.IsEmpty) await Index.AddEntityAsync(to.ToEntity(), cancellationToken);
            else if (to.IsEmpty) await Index.DeleteEntityAsync(from.Partition, Keys.Head, from.ETag, cancellationToken);
            else await Index.UpdateEntityAsync(to.ToEntity(), from.ETag, TableUpdateMode.Replace, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return false;
        }
    }

    /// <summary>What the book says of a claimed delivery's place.</summary>
    private async Task<Claim> PlacedAsync(Claim claim, DeliveryRow row, CancellationToken cancellationToken)
    {
        if (row.Line is not { } line) return claim;
        var head = line.SentAt is null || line.IsOutOfOrder ? null : await HeadAsync(PartitionOf(row.Id, line), cancellationToken);
        return claim with { Place = new(line.IsOutOfOrder, line.SentAt, head?.SentUpTo) };
    }

    // A replay out of order moves no line, and may still be the latest that was delivered.
    private async Task NoteSentAsync(DeliveryRow delivered, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            var head = await HeadAsync(PartitionOf(delivered.Id, delivered.Line!), cancellationToken);
            if (head.Sent(delivered) == head || await WriteAsync(head, head.Sent(delivered), cancellationToken)) return;
        }
    }

    // The sender's time goes with the event that it was of.
    private async Task ForgetSentAsync(DeliveryRow row, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= Tries; tries++)
        {
            var head = await HeadAsync(PartitionOf(row.Id, row.Line!), cancellationToken);
            if (head.SentBy != row.Id.Event.ToString() || await WriteAsync(head, head with { SentUpTo = null, SentBy = null }, cancellationToken)) return;
        }
    }
}
