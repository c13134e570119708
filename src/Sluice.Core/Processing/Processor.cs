using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Delivery;
using Sluice.Delivery.Pacing;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Hears a bell: claims the delivery, lets its handler deliver it and records the verdict.</summary>
public sealed partial class Processor(
    LiveConfiguration configuration, SharedDestinations shared, IEventStore store, ITaskQueue queue, Pacing pacing, TimeProvider time, Random random, ILogger<Processor> logger)
{
    // How often and how long a finished attempt waits for a store that cannot write it down: an outcome that is lost is a second delivery.
    private static readonly TimeSpan RecordPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(28);
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(10);

    /// <summary>Handles one bell to its end.</summary>
    /// <param name="stopping">Cancelled when the host gives up waiting for handlers: their outcome is then unknown.</param>
    /// <exception cref="StoreUnavailableException">The store could not be asked; the due row brings the delivery back.</exception>
    public async ValueTask<Processed> ProcessAsync(Bell bell, CancellationToken stopping)
    {
        var (live, destination) = await LookUpAsync(bell.Delivery.Destination, stopping);
        var claim = bell.Claim;
        var (permit, wasAsked, outcome) = (default(Permit), false, default(Outcome));
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
            (wasAsked, outcome) = await AttemptAsync(claim, destination, live, stopping);
            return new(ClaimResult.Claimed, await RecordAsync(claim, outcome, destination, startedAt, time.GetElapsedTime(started)));
        }
        finally
        {
            // An attempt that the host's own end cut short says nothing about the destination.
            if (destination is not null && claim is not null) await pacing.EndedAsync(destination, permit, wasAsked && !stopping.IsCancellationRequested ? outcome : null);
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
        return RecordAsync(claim, Outcome.Unknown(reason), destination, time.GetUtcNow(), TimeSpan.Zero);
    }

    // False when the delivery does not wait for this bell's attempt: then the book says what there is to do, perhaps a lease that ran out.
    private async ValueTask<bool> PutOffAsync(Bell bell, Admission admission, CancellationToken stopping)
    {
        if (admission.Kind == AdmissionKind.At)
        {
            // First the due row, then the bell, as everywhere.
            await store.PostponeAsync(bell, admission.Moment + queue.Grace, stopping);
            await RingAsync(bell, admission.Moment);
            return true;
        }

        if (!await store.ParkAsync(bell, time.GetUtcNow(), stopping)) return false;
        pacing.Parked(bell.Delivery.Destination);
        return true;
    }

    // Whether the destination was asked at all, and what came of it.
    private async ValueTask<(bool WasAsked, Outcome Outcome)> AttemptAsync(Claim claim, Destination? destination, SluiceConfiguration live, CancellationToken stopping)
    {
        if (destination is null) return (false, Outcome.DeadLetter($"destination '{claim.Delivery.Destination}' is not configured any more; add it and replay, or purge"));
        if (destination.Standing is { State: DestinationState.Removed, Pending: var pending and not PendingOnRemoval.Deliver })
        {
            var reason = $"destination '{destination.Name}' was removed";
            return (false, pending == PendingOnRemoval.Skip ? Outcome.Skip(reason) : Outcome.DeadLetter(reason));
        }

        var webhook = claim.Event ?? await LoadAsync(claim.Delivery.Event, stopping);
        if (webhook is null) return (false, Outcome.DeadLetter("its event is gone"));
        if (Ordering.Stale(claim) is { } stale) return (false, stale);

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
        return (true, await HandlerCall.RunAsync(destination.Handler, webhook, context, time, stopping));
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

            await Task.Delay(RecordPause, time, stopping);
        }
    }

    private async ValueTask<DeliveryStatus?> RecordAsync(Claim claim, Outcome outcome, Destination? destination, DateTimeOffset startedAt, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        var verdict = RetryPolicy.Decide(outcome, claim.Attempt - claim.CountedFrom, destination?.Settings.Retry ?? new RetryOptions(), now, random.NextDouble());
        var rings = verdict.At - now <= queue.Horizon;
        var completion = new Completion
        {
            Claim = claim,
            Attempt = new Attempt
            {
                Number = claim.Attempt, Outcome = outcome.Kind, StatusCode = outcome.StatusCode, Error = outcome.Reason, StartedAt = startedAt, Duration = duration,
            },
            Status = verdict.Status,
            Reason = verdict.Reason,
            NextAttemptAt = verdict.At,
            Due = rings ? verdict.At + queue.Grace : verdict.At,
            At = now,
        };
        var written = await WriteAsync(completion);
        if (written == Written.No) return null;

        // A bell too many is harmless, so that a doubt is rung: the book decides.
        if (rings) await RingAsync(new Bell(claim.Delivery, claim.Attempt + 1) { Label = claim.Event is { } webhook ? new(webhook.Source, webhook.Type, outcome.Reason) : null }, verdict.At!.Value);
        if (written == Written.InDoubt) return null;
        Tell(completion);
        return verdict.Status;
    }

    // Not cancellable: what was delivered is written down even while the host stops.
    private async ValueTask<Written> WriteAsync(Completion completion)
    {
        var doubt = false;
        for (var started = time.GetTimestamp(); ;)
        {
            try
            {
                var recorded = await store.RecordAsync(completion, CancellationToken.None);
                if (recorded.Next is { } next) await RingAsync(next, completion.At);
                if (recorded.IsHeld) return Written.Yes;
                // Refused after a failure: it may be our own first try that was written after all.
                if (doubt) return Written.InDoubt;
                Log.Fenced(logger, completion.Claim.Delivery, completion.Claim.Attempt);
                return Written.No;
            }
            catch (StoreUnavailableException e)
            {
                doubt = true;
                if (time.GetElapsedTime(started) >= RecordPatience)
                {
                    Log.NotRecorded(logger, completion.Claim.Delivery, completion.Claim.Attempt, e.Message);
                    return Written.No;
                }
            }

            await Task.Delay(RecordPause, time, CancellationToken.None);
        }
    }

    private async ValueTask RingAsync(Bell bell, DateTimeOffset at)
    {
        try
        {
            await queue.RingAsync(bell, at, CancellationToken.None);
        }
        catch (QueueUnavailableException e)
        {
            Log.NotRung(logger, bell.Delivery, e.Message);
        }
    }

    private void Tell(Completion completion)
    {
        var (delivery, number) = (completion.Claim.Delivery, completion.Attempt.Number);
        Telemetry.Attempts.Add(1, new KeyValuePair<string, object?>("destination", delivery.Destination), new KeyValuePair<string, object?>("status", completion.Status));
        Telemetry.Attempt.Record(completion.Attempt.Duration.TotalSeconds, new KeyValuePair<string, object?>("destination", delivery.Destination));
        if (completion.Status == DeliveryStatus.DeadLettered) Log.Dead(logger, delivery, number, completion.Reason!);
        else if (completion.Status == DeliveryStatus.Retrying) Log.Retrying(logger, delivery, number, completion.Reason!, completion.NextAttemptAt!.Value);
        else if (completion.Status == DeliveryStatus.Skipped) Log.Skipped(logger, delivery, number, completion.Reason!);
        else Log.Delivered(logger, delivery, number);
    }

    private enum Written { No, InDoubt, Yes }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "{Delivery} delivered by attempt {Attempt}")]
        public static partial void Delivered(ILogger logger, DeliveryId delivery, int attempt);

        [LoggerMessage(2, LogLevel.Warning, "{Delivery} attempt {Attempt} failed: {Reason}; next at {At:O}")]
        public static partial void Retrying(ILogger logger, DeliveryId delivery, int attempt, string reason, DateTimeOffset at);

        [LoggerMessage(3, LogLevel.Error, "{Delivery} is a dead letter after attempt {Attempt}: {Reason}")]
        public static partial void Dead(ILogger logger, DeliveryId delivery, int attempt, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Delivery} attempt {Attempt} ended after its claim had; it is kept as an attempt, the delivery has moved on")]
        public static partial void Fenced(ILogger logger, DeliveryId delivery, int attempt);

        [LoggerMessage(5, LogLevel.Error, "{Delivery} attempt {Attempt} ended but could not be written down, so it will count as unknown: {Reason}")]
        public static partial void NotRecorded(ILogger logger, DeliveryId delivery, int attempt, string reason);

        [LoggerMessage(7, LogLevel.Information, "{Delivery} attempt {Attempt} was not made: {Reason}")]
        public static partial void Skipped(ILogger logger, DeliveryId delivery, int attempt, string reason);

        [LoggerMessage(6, LogLevel.Warning, "Bell for {Delivery} not rung, its due row brings it back: {Reason}")]
        public static partial void NotRung(ILogger logger, DeliveryId delivery, string reason);
    }
}

/// <summary>What became of a bell: what the book said to it and, when an attempt was recorded, where the delivery stands now.</summary>
/// <param name="Claim">Null where nothing was claimed because the destination may be given nothing now: the bell has done its part.</param>
public readonly record struct Processed(ClaimResult? Claim, DeliveryStatus? Status = null)
{
    /// <summary>The delivery waits for its moment, or with its destination.</summary>
    public static Processed PutOff => default;
}
