using System.Diagnostics;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Processing;

public sealed partial class Processor
{
    /// <summary>How many outcomes are on their way to a store across a network at once.</summary>
    private const int RecordsAtOnce = 16;

    /// <summary>For so long one bell is the reason for one batch after another; then the others' bells are.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(20);

    // A bell of a destination with a Batch: its delivery joins those that gather, and whoever finds enough of them sends.
    private async ValueTask<Processed> GatherAsync(Bell bell, Destination destination, CancellationToken stopping)
    {
        Batches.Batch batch;
        if (bell.Claim is { } born) batch = new([born], null);
        else if (await batches.JoinAsync(bell, destination, stopping)) batch = await batches.TakeAsync(destination, stopping);
        else
        {
            var now = time.GetUtcNow();
            var answer = await store.ClaimAsync(bell, Leases.For(destination.Settings, now, random), now, stopping);
            if (answer.Result == ClaimResult.Lapsed) return new(ClaimResult.Lapsed, await AbandonAsync(answer.Claim!, "its lease ended without an outcome"));
            if (answer.Result != ClaimResult.Claimed) return new(answer.Result);
            batch = new([answer.Claim!], null);
        }

        var processed = Processed.PutOff;
        for (var started = time.GetTimestamp(); batch.Claims.Count > 0; batch = await batches.TakeAsync(destination, stopping))
        {
            var ends = await DeliverAsync(batch, destination, stopping);
            for (var i = 0; i < batch.Claims.Count; i++)
            {
                if (batch.Claims[i].Delivery == bell.Delivery) processed = new(ClaimResult.Claimed, ends[i]);
            }

            if (stopping.IsCancellationRequested || time.GetElapsedTime(started) >= LongestRun) break;
        }

        return processed;
    }

    // All or none: one outcome for all, and an attempt of its own for each. What fails comes back together, by the same moment and the same random number.
    private async ValueTask<DeliveryStatus?[]> DeliverAsync(IReadOnlyList<Claim> claims, Destination destination, CancellationToken stopping)
    {
        using var activity = Telemetry.Activities.StartActivity("sluice deliver batch", ActivityKind.Consumer);
        activity?.SetTag("sluice.destination", destination.Name).SetTag("sluice.deliveries", claims.Count);
        var batched = new BatchedDelivery?[claims.Count];
        for (var i = 0; i < claims.Count; i++)
        {
            var claim = claims[i];
            if ((claim.Event ?? await LoadAsync(claim.Delivery.Event, stopping)) is not { } webhook) continue;
            batched[i] = new(webhook, new DeliveryContext { Delivery = claim.Delivery, Attempt = claim.Attempt, IsReplay = claim.CountedFrom > 0, Destination = destination.Settings });
        }

        var (startedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
        // In the order of keeping, also where some have been tried before.
        BatchedDelivery[] sent = [.. batched.OfType<BatchedDelivery>().OrderBy(delivery => delivery.Event.ReceivedAt)];
        var outcome = sent.Length == 0 ? null : await HandlerCall.RunAsync((IBatchHandler)destination.Handler, new DeliveryBatch(destination.Settings, sent), time, stopping);

        var (now, chance, duration) = (time.GetUtcNow(), random.NextDouble(), time.GetElapsedTime(started));
        var ends = new List<DeliveryStatus?>(claims.Count);
        foreach (var some in claims.Zip(batched).Chunk(RecordsAtOnce))
            ends.AddRange(await Task.WhenAll(some.Select(pair => RecordAsync(pair.First, pair.Second is null ? Gone : outcome!, destination, startedAt, duration, now, chance).AsTask())));
        return [.. ends];
    }
}
