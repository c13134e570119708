using Azure.Data.Tables;
using Sluice.AzureServices.Tables;
using Sluice.Events;
using Sluice.Functions.Tests.Tables;

namespace Sluice.Functions.Tests.Simulation;

internal sealed partial class Ledger
{
    // The places of each line in the order in which they were taken.
    private readonly Dictionary<string, List<string>> lines = [];

    private void CommittedLine(CommittedChange change, TableEntity row)
    {
        if (row.RowKey == Keys.Head || change.Before is not null) return;
        if (!lines.TryGetValue(row.PartitionKey, out var line)) lines[row.PartitionKey] = line = [];
        line.Add(row.RowKey);
    }

    private void StartedInLine(DeliveryId id, DeliveryLedger delivery)
    {
        if (id.Destination == "ordered" && delivery.State.Line is null) Breach($"{id} was kept in no order");
        if (delivery.State.Line is not { IsOutOfOrder: false } mine) return;
        foreach (var place in lines[Keys.Line(id.Destination, mine.OrderKey)])
        {
            if (place == mine.Row) return;
            var earlier = new DeliveryId(Keys.ReadPlace(place), id.Destination);
            if (deliveries.TryGetValue(earlier, out var other) && other.State is { IsEnd: false, Line.IsOutOfOrder: false } && other.State.Line.Row == place)
                Breach($"{id} was handled before its turn: {earlier} was {other.State}");
        }
    }
}
