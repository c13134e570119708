using System.Diagnostics;
using Sluice.Delivery;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Processing;

public sealed partial class Processor
{
    /// <summary>How many outcomes are on their way to a store across a network at once.</summary>
    private const int RecordsAtOnce = 16;

    /// <summary>For so long one bell is the reason for one batch after another; then the others' bells are. Well within a graceful stop, which waits for it.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(5);

    // A bell of a destination with a Batch: its delivery joins those that gather, and whoever finds enough of them sends.
    private async ValueTask<Processed> GatherAsync(Bell bell, Destination destination, CancellationToken stopping)
    {
        ClaimedBatch batch;
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

    // All or none: one outcome for all that are sent, and an attempt of its own for each. What fails comes back together, by the same moment and the same random number.
    private async ValueTask<DeliveryStatus?[]> DeliverAsync(ClaimedBatch batch, Destination destination, CancellationToken stopping)
    {
        using var activity = Telemetry.Activities.StartActivity("sluice deliver batch", ActivityKind.Consumer);
        activity?.SetTag("sluice.destination", destination.Name).SetTag("sluice.deliveries", batch.Claims.Count);
        var said = default(Outcome);
        try
        {
            var (startedAt, started) = (time.GetUtcNow(), time.GetTimestamp());
            var claims = new (Claim Claim, Outcome? Unasked)[batch.Claims.Count];
            for (var i = 0; i < claims.Length; i++)
            {
                var claim = batch.Claims[i];
                if (claim.Event is null) claim = claim with { Event = await LoadAsync(claim.Delivery.Event, stopping) };
                claims[i] = (claim, Unasked.Of(claim, destination, startedAt));
            }

            // In the order of keeping, also where some have been tried before.
            BatchedDelivery[] sent = [.. claims.Where(one => one.Unasked is null).Select(one => Batched(one.Claim, destination)).OrderBy(delivery => delivery.Event.ReceivedAt)];
            var outcome = sent.Length == 0 ? null : await HandlerCall.RunAsync((IBatchHandler)destination.Handler, new DeliveryBatch(destination.Settings, sent), time, stopping);
            if (!stopping.IsCancellationRequested) said = outcome;

            var (now, chance, duration) = (time.GetUtcNow(), random.NextDouble(), time.GetElapsedTime(started));
            var ends = new List<DeliveryStatus?>(claims.Length);
            foreach (var some in claims.Chunk(RecordsAtOnce))
                ends.AddRange(await Task.WhenAll(some.Select(one => recorder.RecordAsync(one.Claim, one.Unasked ?? outcome!, destination, startedAt, duration, now, chance).AsTask())));
            if (health is not null && said is not null) await NoteAsync(destination, said, claims, ends, now);
            return [.. ends];
        }
        finally
        {
            await pacing.EndedAsync(destination, batch.Permit, said);
        }
    }

    // One attempt is one failure; dead letters are as many as they are.
    private async ValueTask NoteAsync(Destination destination, Outcome said, (Claim Claim, Outcome? Unasked)[] claims, List<DeliveryStatus?> ends, DateTimeOffset now)
    {
        var isNoted = false;
        for (var i = 0; i < claims.Length; i++)
        {
            if (claims[i].Unasked is not null || ends[i] is not { } end || (isNoted && end != DeliveryStatus.DeadLettered)) continue;
            await health!.AfterAsync(destination, said, end, now);
            isNoted = true;
        }
    }

    private static BatchedDelivery Batched(Claim claim, Destination destination) =>
        new(claim.Event!, new DeliveryContext { Delivery = claim.Delivery, Attempt = claim.Attempt, IsReplay = claim.CountedFrom > 0, Destination = destination.Settings });
}
