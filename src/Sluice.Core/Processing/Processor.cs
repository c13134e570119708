using System.Diagnostics;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Hears a bell: claims the delivery, lets its handler deliver it and records the verdict.</summary>
public sealed partial class Processor(
    LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, Pacing pacing, Batches batches, AttemptRecorder recorder, TimeProvider time, Random random, HealthWatch? health = null)
{
    private static readonly TimeSpan LoadPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(10);

    /// <summary>Handles one bell to its end.</summary>
    /// <param name="stopping">Cancelled when the host gives up waiting for handlers: their outcome is then unknown.</param>
    /// <param name="attempted">Called once the attempt is made and its outcome on the way to the store: whoever made it is free for another.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked; the due row brings the delivery back.</exception>
    public async ValueTask<Processed> ProcessAsync(Bell bell, CancellationToken stopping, Action? attempted = null)
    {
        var (live, destination) = await LookUpAsync(bell.Delivery.Destination, stopping);
        if (destination is { IsBatching: true }) return await GatherAsync(bell, destination, stopping);
        var claim = bell.Claim;
        var (permit, said) = (default(Permit), default(Outcome));
        try
        {
            if (claim is null)
            {
                var admission = destination is null ? Admission.Now : await pacing.AdmitAsync(destination, stopping);
                if (admission.Kind != AdmissionKind.Now && await PutOffAsync(bell, admission, stopping)) return Processed.PutOff;
                permit = admission.Permit;
                var now = time.GetUtcNow();
                var answer = await store.ClaimAsync(bell, Leases.For(destination?.Settings, now, random), now, stopping);
                if (answer.Result == ClaimResult.Lapsed) return new(ClaimResult.Lapsed, await AbandonAsync(answer.Claim!, "its lease ended without an outcome"));
                if (answer.Result != ClaimResult.Claimed) return new(answer.Result);
                claim = answer.Claim!;
            }

            using var activity = Telemetry.Activities.StartActivity("sluice deliver", ActivityKind.Consumer, bell.TraceParent);
            activity?.SetTag("sluice.delivery", claim.Delivery.ToString());
            var startedAt = time.GetUtcNow();
            var started = time.GetTimestamp();
            if (claim.Event is null && destination is not null) claim = claim with { Event = await LoadAsync(claim.Delivery.Event, stopping) };
            var outcome = Unasked.Of(claim, destination, startedAt);
            if (outcome is null)
            {
                outcome = await AskAsync(claim, destination!, live, stopping);
                // An attempt that the host's own end cut short says nothing about the destination.
                if (!stopping.IsCancellationRequested) said = outcome;
            }

            var endedAt = time.GetUtcNow();
            var recording = recorder.RecordAsync(claim, outcome, destination, startedAt, time.GetElapsedTime(started), endedAt, random.NextDouble());
            // Whoever has a permit hands it in first: another attempt would ask for it in vain.
            if (permit is null) attempted?.Invoke();
            var status = await recording;
            if (health is not null && said is not null && status is { } ended) await health.AfterAsync(destination!, said, ended, endedAt);
            return new(ClaimResult.Claimed, status);
        }
        finally
        {
            if (destination is not null && claim is not null) await pacing.EndedAsync(destination, permit, said);
            else if (permit is not null) await pacing.ReturnAsync(destination!, permit);
        }
    }

    // One that is not known may have been registered a moment ago, in another instance, where its first event came too.
    private async ValueTask<(SluiceConfiguration Live, Destination? Destination)> LookUpAsync(string name, CancellationToken stopping)
    {
        await shared.EnsureAsync(stopping);
        if (configuration.Current.TryGetDestination(name, out var destination)) return (configuration.Current, destination);
        await shared.LookAgainAsync(stopping);
        configuration.Current.TryGetDestination(name, out destination);
        return (configuration.Current, destination);
    }

    /// <summary>Records the attempt of a claim whose holder is gone as unknown, and decides on from there.</summary>
    public ValueTask<DeliveryStatus?> AbandonAsync(Claim claim, string reason)
    {
        configuration.Current.TryGetDestination(claim.Delivery.Destination, out var destination);
        var now = time.GetUtcNow();
        return recorder.RecordAsync(claim, Outcome.Unknown(reason), destination, now, TimeSpan.Zero, now, random.NextDouble());
    }

    // False when the delivery does not wait for this bell's attempt: then the book says what there is to do, perhaps a lease that ran out.
    private async ValueTask<bool> PutOffAsync(Bell bell, Admission admission, CancellationToken stopping)
    {
        if (admission.Kind == AdmissionKind.At)
        {
            // First the due row, then the bell, as everywhere.
            await store.PostponeAsync(bell, admission.Moment + queue.Grace, stopping);
            await recorder.RingAsync(bell with { AgainAt = admission.Moment }, admission.Moment);
            return true;
        }

        if (!await store.ParkAsync(bell, time.GetUtcNow(), stopping)) return false;
        pacing.Parked(bell.Delivery.Destination);
        return true;
    }

    private ValueTask<Outcome> AskAsync(Claim claim, Destination destination, SluiceConfiguration live, CancellationToken stopping)
    {
        var webhook = claim.Event!;
        var context = new DeliveryContext
        {
            Delivery = claim.Delivery,
            Attempt = claim.Attempt,
            IsReplay = claim.CountedFrom > 0,
            IsOutOfOrder = Ordering.IsOutOfOrder(claim, destination.Settings.Order, webhook),
            Destination = destination.Settings,
            SenderHeaders = live.TryGetSource(webhook.Source, out var source) ? source.SenderHeaders : [],
            ProofHeaders = source?.Scheme.HeaderNames ?? [],
        };
        return HandlerCall.RunAsync(destination.Handler, webhook, context, time, stopping);
    }

    // The attempt is claimed and counts already: a read that fails for a moment should not use it up.
    private async ValueTask<WebhookEvent?> LoadAsync(EventId id, CancellationToken stopping)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                return await store.LoadAsync(id, stopping);
            }
            catch (StoreUnavailableException) when (time.GetElapsedTime(started) < LoadPatience)
            {
            }

            await Task.Delay(LoadPause, time, stopping);
        }
    }
}

/// <summary>What became of a bell: what the book said to it and, when an attempt was recorded, where the delivery stands now.</summary>
/// <param name="Claim">Null where nothing was claimed because the destination may be given nothing now: the bell has done its part.</param>
public readonly record struct Processed(ClaimResult? Claim, DeliveryStatus? Status = null)
{
    /// <summary>The delivery waits for its moment, or with its destination.</summary>
    public static Processed PutOff => default;
}
