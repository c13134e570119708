using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Destinations;
using Sluice.Events;
using Sluice.Processing;
using Sluice.Storage;

namespace Sluice.Delivery.Pacing;

/// <summary>
/// Says whether a destination may be given an attempt now: by where it stands, by its breaker, and by its limits, which hold over all
/// instances. For a destination that is active, closed and without limits it costs nothing: no I/O, no lock, no allocation.
/// </summary>
public sealed partial class Pacing(ISharedState state, ITaskQueue queue, TimeProvider time, Random random, ILogger<Pacing> logger)
{
    /// <summary>How long a look that found nothing parked is believed where others park too.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Lane> lanes = new(StringComparer.Ordinal);
    private readonly Breakers breakers = new(state, time);
    private readonly Paces paces = new(state, time, random.NextInt64().ToString("x16", CultureInfo.InvariantCulture));

    // How far ahead a bell may be put off: further, and it waits with its destination.
    private readonly TimeSpan ahead = TimeSpan.FromSeconds(queue.Grace > TimeSpan.Zero ? 60 : 2);

    /// <summary>Raised when something that waits may perhaps go: it was parked just now, or an attempt made room.</summary>
    public event Action? Changed;

    /// <summary>The destinations with which deliveries may be parked, as far as this process knows.</summary>
    public IEnumerable<string> Waiting => lanes.Where(lane => lane.Value.Waits).Select(lane => lane.Key);

    /// <summary>Whether a delivery may be born claimed: what is known here says that it may go now, and nothing is counted.</summary>
    public bool MayBegin(Destination destination) =>
        destination is { Standing.State: DestinationState.Active, Settings.Limits: { Rate: null, Concurrency: null } } && (!HasBreaker(destination.Settings) || breakers.Of(destination.Name).IsClosed);

    /// <summary>Whether attempts may be made without each being asked for: nothing is counted, and the breaker is known to be closed.</summary>
    public bool MayGo(Destination destination) => MayBegin(destination) && (!HasBreaker(destination.Settings) || breakers.IsFresh);

    /// <summary>
    /// Whether an attempt may be made now. Its permit is handed in with <see cref="EndedAsync"/>, or given back with <see cref="ReturnAsync"/>
    /// where no attempt was made. While the shared state is away the last known breaker decides, and nothing goes that has a limit.
    /// </summary>
    public ValueTask<Admission> AdmitAsync(Destination destination, CancellationToken cancellationToken) =>
        MayGo(destination) ? new(Admission.Now) : DecideAsync(destination, cancellationToken);

    /// <summary>An attempt has ended and is recorded.</summary>
    /// <param name="outcome">Null where it says nothing about the destination: the host stopped, or its handler was never called.</param>
    public ValueTask EndedAsync(Destination destination, Permit? permit, Outcome? outcome)
    {
        var counts = outcome is not null && HasBreaker(destination.Settings);
        if (permit is null && !counts) return default;
        var hasFailed = outcome?.Kind is AttemptOutcome.Retry or AttemptOutcome.Unknown;
        if (permit is null && !hasFailed)
        {
            if (lanes.TryGetValue(destination.Name, out var lane)) lane.Succeeded();
            return default;
        }

        return EndAsync(destination, permit, counts ? hasFailed : null);
    }

    /// <summary>No attempt was made with a permit.</summary>
    public async ValueTask ReturnAsync(Destination destination, Permit? permit)
    {
        if (permit is null) return;
        LaneOf(destination.Name).Return(permit, isUsed: false);
        if (permit.Probe is { } probe) await TryChangeAsync(destination.Name, breaker => breaker.GivenBack(probe));
        await MadeRoomAsync(destination, permit);
    }

    /// <summary>Something was parked with a destination.</summary>
    public void Parked(string destination)
    {
        var lane = LaneOf(destination);
        if (lane.Waits) return;
        lane.Waits = true;
        Changed?.Invoke();
    }

    /// <summary>Whether something may be parked with a destination: what this process knows, and where others park too nobody knows for long.</summary>
    public bool Waits(string destination) =>
        lanes.TryGetValue(destination, out var lane) && (lane.Waits || (queue.Grace > TimeSpan.Zero && lane.IsLongSeen(Believed, time.GetUtcNow())));

    /// <summary>Whether a destination is given nothing for longer than a moment, so that nobody need look what is ready for it: by where it stands, or by its breaker.</summary>
    public ValueTask<bool> HoldsAsync(Destination destination, CancellationToken cancellationToken) => MayBegin(destination) ? new(false) : LookAsync(destination, cancellationToken);

    /// <summary>Reads the breakers, so that <see cref="MayBegin"/> knows them.</summary>
    public ValueTask RefreshAsync(CancellationToken cancellationToken) => breakers.RefreshAsync(cancellationToken);

    private static bool HasBreaker(DestinationSettings settings) => settings.Breaker.Failures > 0;

    private static TimeSpan Length(DestinationSettings settings) => Leases.Length(settings);

    private Lane LaneOf(string destination) => lanes.GetOrAdd(destination, static (_, ahead) => new Lane(ahead), ahead);

    private async ValueTask<bool> LookAsync(Destination destination, CancellationToken cancellationToken)
    {
        var standing = destination.Standing;
        if (standing.State is DestinationState.Paused or DestinationState.Disabled) return true;
        if (standing is { State: DestinationState.Removed, Pending: not PendingOnRemoval.Deliver } || !HasBreaker(destination.Settings)) return false;
        await breakers.RefreshAsync(cancellationToken);
        return breakers.Of(destination.Name).At(time.GetUtcNow(), destination.Settings.Breaker) is BreakerState.Open or BreakerState.Probing;
    }

    private async ValueTask<Admission> DecideAsync(Destination destination, CancellationToken cancellationToken)
    {
        var (standing, settings) = (destination.Standing, destination.Settings);
        if (standing.State is DestinationState.Paused or DestinationState.Disabled) return Admission.Park;
        if (standing is { State: DestinationState.Removed, Pending: not PendingOnRemoval.Deliver }) return Admission.Now;

        var at = BreakerState.Closed;
        if (HasBreaker(settings))
        {
            await breakers.RefreshAsync(cancellationToken);
            at = breakers.Of(destination.Name).At(time.GetUtcNow(), settings.Breaker);
            if (at is BreakerState.Open or BreakerState.Probing) return Admission.Park;
        }

        var admission = settings.Limits is { Rate: null, Concurrency: null } ? Admission.Now : await paces.TakeAsync(destination.Name, LaneOf(destination.Name), settings.Limits, Length(settings));
        if (at == BreakerState.Closed || admission.Kind != AdmissionKind.Now) return admission;

        // Of all instances that see the pause end, the one that writes first makes the probe.
        var token = random.NextInt64();
        var probing = await TryChangeAsync(destination.Name, breaker => breaker.Probing(new Probe(token, time.GetUtcNow() + Length(settings)), settings.Breaker, time.GetUtcNow()));
        var permit = admission.Permit ?? new Permit();
        if (probing is not null) return Admission.Now with { Permit = permit with { Probe = token } };
        await ReturnAsync(destination, admission.Permit);
        return breakers.Of(destination.Name).IsClosed ? Admission.At(time.GetUtcNow()) : Admission.Park;
    }

    private async ValueTask EndAsync(Destination destination, Permit? permit, bool? hasFailed)
    {
        var (name, options) = (destination.Name, destination.Settings.Breaker);
        var lane = LaneOf(name);
        if (permit is not null) lane.Return(permit, isUsed: true);
        if (permit?.Probe is { } probe) await ProbedAsync(destination, probe, hasFailed);
        else if (hasFailed == false) lane.Succeeded();
        else if (hasFailed == true && breakers.Of(name).IsClosed && lane.Failed() >= options.Failures) await OpenAsync(destination, lane);
        if (permit is not null) await MadeRoomAsync(destination, permit);
    }

    private async ValueTask OpenAsync(Destination destination, Lane lane)
    {
        var (name, options) = (destination.Name, destination.Settings.Breaker);
        if (await TryChangeAsync(name, breaker => breaker.Opened(options, time.GetUtcNow())) is { } opened) Log.Opened(logger, name, options.Failures, opened.Until!.Value);
        // Where another was faster it counts from there; where the store is away the next failure tries again.
        if (!breakers.Of(name).IsClosed) lane.Succeeded();
    }

    private async ValueTask ProbedAsync(Destination destination, long probe, bool? hasFailed)
    {
        var (name, options) = (destination.Name, destination.Settings.Breaker);
        var changed = await TryChangeAsync(name, breaker => hasFailed switch
        {
            null => breaker.GivenBack(probe),
            true => breaker.FailedAgain(probe, options, time.GetUtcNow()),
            false => breaker.Recovered(probe, time.GetUtcNow()),
        });
        LaneOf(name).Succeeded();
        if (changed is null) return;
        if (hasFailed == true) Log.StillDown(logger, name, changed.Until!.Value);
        if (hasFailed == false) Log.Recovered(logger, name);
    }

    private async ValueTask<Breaker?> TryChangeAsync(string destination, Func<Breaker, Breaker?> change)
    {
        try
        {
            return await breakers.ChangeAsync(destination, change, CancellationToken.None);
        }
        catch (StoreUnavailableException e)
        {
            // A probe that nobody could write down is over with its lease.
            Log.NotWritten(logger, destination, e.Message);
            return null;
        }
    }

    private async ValueTask MadeRoomAsync(Destination destination, Permit permit)
    {
        var lane = LaneOf(destination.Name);
        if (permit.IsSlot) await paces.SpareAsync(destination.Name, lane, destination.Settings.Limits, Length(destination.Settings));
        if (lane.Waits && (permit.IsSlot || permit.Probe is not null)) Changed?.Invoke();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Destination} failed {Failures} times in a row and is left alone until {Until:u}; its deliveries wait")]
        public static partial void Opened(ILogger logger, string destination, int failures, DateTimeOffset until);

        [LoggerMessage(2, LogLevel.Warning, "{Destination} still fails and is left alone until {Until:u}")]
        public static partial void StillDown(ILogger logger, string destination, DateTimeOffset until);

        [LoggerMessage(3, LogLevel.Information, "{Destination} is back; what waited goes, slowly at first")]
        public static partial void Recovered(ILogger logger, string destination);

        [LoggerMessage(4, LogLevel.Warning, "The breaker of {Destination} could not be changed: {Reason}")]
        public static partial void NotWritten(ILogger logger, string destination, string reason);
    }
}
