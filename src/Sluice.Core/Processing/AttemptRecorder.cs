using Microsoft.Extensions.Logging;
using Sluice.Delivery;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Inspection;
using Sluice.Retries;
using Sluice.Storage;

namespace Sluice.Processing;

/// <summary>Writes down how attempts ended, and rings for what follows.</summary>
public sealed partial class AttemptRecorder(IEventStore store, ITaskQueue queue, TimeProvider time, ILogger<AttemptRecorder> logger)
{
    // How often and how long a finished attempt waits for a store that cannot write it down: an outcome that is lost is a second delivery.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(28);

    /// <summary>Decides what becomes of the delivery and writes it down, for as long as it takes. Where the delivery stands now; null where that is not known.</summary>
    /// <param name="now">When the attempt ended.</param>
    /// <param name="chance">From 0 (inclusive) to 1 (exclusive): by what the delay is varied.</param>
    public async ValueTask<DeliveryStatus?> RecordAsync(Claim claim, Outcome outcome, Destination? destination, DateTimeOffset startedAt, TimeSpan duration, DateTimeOffset now, double chance)
    {
        var verdict = RetryPolicy.Decide(outcome, claim.Attempt - claim.CountedFrom, destination?.Settings.Retry ?? new RetryOptions(), now, chance, Unasked.AgesFrom(claim));
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
            // Whoever removed a destination has said what becomes of all that is pending: nothing is held for it.
            ReleasesLine = destination is { Standing: { State: DestinationState.Removed, Pending: not PendingOnRemoval.Deliver } },
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
                if (recorded.Next is { } next) await RingAsync(next with { AgainAt = completion.At }, completion.At);
                if (recorded.IsHeld) return Written.Yes;
                // Refused after a failure: it may be our own first try that was written after all.
                if (doubt) return Written.InDoubt;
                Log.Fenced(logger, completion.Claim.Delivery, completion.Claim.Attempt);
                return Written.No;
            }
            catch (StoreUnavailableException e)
            {
                doubt = true;
                if (time.GetElapsedTime(started) >= Patience)
                {
                    Log.NotRecorded(logger, completion.Claim.Delivery, completion.Claim.Attempt, e.Message);
                    return Written.No;
                }
            }

            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }

    /// <summary>Rings. A queue that is away costs nothing but time: the due row brings the delivery back.</summary>
    public async ValueTask RingAsync(Bell bell, DateTimeOffset at)
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

        [LoggerMessage(2, LogLevel.Warning, "{Delivery} attempt {Attempt} failed: {Reason}; next at {At:u}")]
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
