using Sluice.Delivery;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Core.Tests.Simulation;

internal sealed partial class Ledger
{
    private readonly Dictionary<string, LineLedger> lines = [];

    /// <summary>How many lines there were, and how long the longest was.</summary>
    public (int Lines, int Longest) Lines => (lines.Count, lines.Values.Select(line => line.Kept.Count).DefaultIfEmpty().Max());

    /// <summary>Compares, for each order key, what arrived first with what was kept first.</summary>
    public void CheckOrder()
    {
        foreach (var line in lines.Values)
        {
            var kept = line.Kept.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            var arrived = line.Arrived.Select(id => kept[id]).ToList();
            if (!arrived.SequenceEqual(arrived.Order())) Breach($"the deliveries of one order key arrived in the order {string.Join(' ', arrived)}");
        }
    }

    private void KeptInLine(DeliveryId id, BookedDelivery delivery)
    {
        if (id.Destination == Setting.Ordered && delivery is { Place: null } or { Lease: not null }) Breach(delivery.Lease is null ? $"{id} was kept in no order" : $"{id} has a place and was born claimed");
        if (delivery.Place is null) return;
        if (!lines.TryGetValue(delivery.Place.Key, out var line)) lines[delivery.Place.Key] = line = new LineLedger();
        // One that was let go and came again stands where it came.
        line.Kept.Remove(id);
        line.Arrived.Remove(id);
        line.Kept.Add(id);
        deliveries[id].Line = line;
    }

    private void StartedInLine(DeliveryContext context)
    {
        var (id, delivery) = (context.Delivery, deliveries[context.Delivery]);
        if (delivery.Line is null) return;
        // An attempt from before the replay that only begins now says what was so then.
        if (context.Attempt > delivery.CountedFrom && context.IsOutOfOrder != delivery.IsReplayed) Breach($"{id} attempt {context.Attempt} is {(context.IsOutOfOrder ? "" : "not ")}out of order");
        if (delivery.IsReplayed || setting.IsAging) return;
        foreach (var earlier in delivery.Line.Kept)
        {
            if (earlier == id) return;
            if (!deliveries[earlier].HasEnded) Breach($"{id} was handled before its turn: {earlier} was not at an end");
        }
    }

    private static void ArrivedInLine(DeliveryId id, int attempt, DeliveryLedger delivery)
    {
        // Whoever lost its claim and delivers all the same cannot be kept from it.
        var isHolder = delivery.IsClaimed && delivery.LastClaimed == attempt;
        if (delivery is { Line: { } line, IsReplayed: false } && isHolder && !line.Arrived.Contains(id)) line.Arrived.Add(id);
    }
}

/// <summary>The deliveries of one order key.</summary>
internal sealed class LineLedger
{
    /// <summary>In the order of keeping.</summary>
    public List<DeliveryId> Kept { get; } = [];

    /// <summary>Those that their handler was done with, in the order in which it was so first; without those that were replayed out of order.</summary>
    public List<DeliveryId> Arrived { get; } = [];
}
