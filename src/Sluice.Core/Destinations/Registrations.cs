using Sluice.Configuration;
using Sluice.Events;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>
/// Registers destinations while running, and says where each stands, those of the configuration too. What is written is durable and in force
/// here when the call returns, and in every other instance within ten seconds.
/// </summary>
/// <remarks>Every call may throw <see cref="StoreUnavailableException"/>; what was asked for may then have happened or not.</remarks>
public sealed class Registrations(ISharedState state, SharedDestinations shared, LiveConfiguration live, RegistrationReader reader, TimeProvider time) : IStandings
{
    /// <summary>How many destinations may be registered: 1,000. Those that were removed do not count.</summary>
    public const int Most = 1000;

    /// <summary>How many that were removed are remembered, for what is still pending for them.</summary>
    private const int MostRemoved = 1000;

    private const int Tries = 5;
    private const int LongestReason = 200;

    /// <summary>Registers a destination, or replaces what was registered by its name; where it stands stays. A removed one is there again.</summary>
    /// <param name="settings">An object as under <c>Destinations:NAME</c> in the configuration.</param>
    /// <param name="expected">The version that it replaces; null: whichever there is, or none.</param>
    public async ValueTask<RegistrationAnswer> PutAsync(string name, string settings, string? expected, CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        var faults = new List<ConfigurationError>();
        if (reader.Read(name, settings, live.Current, faults, out var element) is null) return new(DestinationResult.Refused, null, [.. faults.Select(fault => fault.ToString())]);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var stored = await state.FindAsync(DestinationDocument.Kind, name, cancellationToken);
            if (expected is not null && stored?.Version != expected) return Changed(name);
            var (document, _) = Open(stored);
            var isThere = document is { Settings: not null, Standing.State: not DestinationState.Removed };
            if (!isThere && await MakeRoomAsync(cancellationToken) is { } full) return full;
            var standing = isThere ? document!.Standing! : new Standing(DestinationState.Active, null, time.GetUtcNow());
            var json = (document ?? new()).At(standing) with { Settings = element };
            if (json.Write() is not { Length: <= SharedDocument.MostCharacters } text) return new(DestinationResult.Refused, null, [$"{name} is too long when written down; shorten its settings"]);
            if (await WriteAsync(stored, name, text, cancellationToken)) return await DoneAsync(isThere ? DestinationResult.Done : DestinationResult.Created, name, cancellationToken);
            if (expected is not null) return Changed(name);
        }

        return Changed(name);
    }

    /// <summary>Takes a registered destination away. It gets no events any more; what becomes of those that are pending is the caller's to say.</summary>
    public ValueTask<RegistrationAnswer> RemoveAsync(string name, PendingOnRemoval pending, CancellationToken cancellationToken) =>
        StandAsync(name, (_, now) => new(DestinationState.Removed, "by an operator", now) { Pending = pending }, isRemoval: true, cancellationToken);

    /// <summary>Delivers nothing to a destination for a while; its events are kept. One that Sluice disabled stays disabled.</summary>
    public ValueTask<RegistrationAnswer> PauseAsync(string name, string reason, CancellationToken cancellationToken) =>
        StandAsync(name, (before, now) => before.State == DestinationState.Active ? new(DestinationState.Paused, SafeText.OneLine(reason, LongestReason), now) : before, isRemoval: false, cancellationToken);

    /// <summary>Delivers again, beginning with what was kept.</summary>
    public ValueTask<RegistrationAnswer> ResumeAsync(string name, CancellationToken cancellationToken) =>
        StandAsync(name, static (before, now) => before.State == DestinationState.Active ? before : new(DestinationState.Active, null, now), isRemoval: false, cancellationToken);

    /// <summary>Delivers nothing to a destination until a person resumes it: Sluice's own decision. One that a person has paused stays paused.</summary>
    public async ValueTask<bool> DisableAsync(string name, string reason, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var after = Standing.Active;
        // Whoever has resumed it since knew better than what is told here late, or for the second time.
        var answer = await StandAsync(name, (before, now) => after = before.State == DestinationState.Active && !(before.Since > at) ? new(DestinationState.Disabled, SafeText.OneLine(reason, LongestReason), now) : before, isRemoval: false, cancellationToken);
        if (answer.Result == DestinationResult.Conflict) throw new StoreUnavailableException(answer.Faults[0]);
        return answer.IsDone && after.State == DestinationState.Disabled;
    }

    private async ValueTask<RegistrationAnswer> StandAsync(string name, Func<Standing, DateTimeOffset, Standing> next, bool isRemoval, CancellationToken cancellationToken)
    {
        await shared.EnsureAsync(cancellationToken);
        if (!SettingsReader.IsName(name)) return NotFound(name);
        var isConfigured = live.Current.IsConfigured(name);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var stored = await state.FindAsync(DestinationDocument.Kind, name, cancellationToken);
            var (document, fault) = Open(stored);
            var isRegistered = stored is not null && document is not { Settings: null } && document is not { Standing.State: DestinationState.Removed };
            if (isRemoval && isConfigured) return new(DestinationResult.Conflict, null, [$"{name} is in the configuration; remove it there, or pause it"]);
            if (!isConfigured && !isRegistered) return NotFound(name);
            // What cannot be read can only be taken away: writing anything else over it would lose it. Over what says nothing a configured destination stands all the same.
            if (fault is not null && !isRemoval && !(isConfigured && document is null)) return new(DestinationResult.Refused, null, [$"{name} {fault}"]);
            // What was removed does not come back with the standing of a configured destination of its name.
            var open = document is null or { Standing.State: DestinationState.Removed } ? new() : document;
            var before = open.Standing ?? Standing.Active;
            var after = next(before, time.GetUtcNow());
            if (after == before) return await DoneAsync(DestinationResult.Done, name, cancellationToken);
            if (await WriteAsync(stored, name, open.At(after).Write(), cancellationToken)) return await DoneAsync(DestinationResult.Done, name, cancellationToken);
        }

        return Changed(name);
    }

    private static (DestinationDocument? Document, string? Fault) Open(SharedDocument? stored)
    {
        if (stored is null) return (null, null);
        var document = DestinationDocument.Read(stored.Json);
        return (document, document?.Standing is null ? "was written by a newer version of Sluice, or cannot be read; update this one, or remove or register it again" : null);
    }

    // Of the removed the oldest is forgotten when there are too many: what is still pending for it then ends as a dead letter.
    private async ValueTask<RegistrationAnswer?> MakeRoomAsync(CancellationToken cancellationToken)
    {
        var removed = new List<(SharedDocument Stored, DateTimeOffset Since)>();
        var registered = 0;
        foreach (var stored in await state.ListAsync(DestinationDocument.Kind, cancellationToken))
        {
            var (document, _) = Open(stored);
            if (document is { Standing.State: DestinationState.Removed }) removed.Add((stored, document.Since ?? DateTimeOffset.MinValue));
            else if (document is not { Settings: null }) registered++;
        }

        if (registered >= Most) return new(DestinationResult.Refused, null, [$"{registered} destinations are registered, and {Most} are the most; remove one that nobody needs"]);
        var oldest = time.GetUtcNow() - live.Current.Window.Length;
        foreach (var (stored, since) in removed.OrderByDescending(one => one.Since).Skip(MostRemoved - 1).Concat(removed.Where(one => one.Since < oldest)).Distinct())
        {
            await state.RemoveAsync(stored, cancellationToken);
        }

        return null;
    }

    private async ValueTask<bool> WriteAsync(SharedDocument? stored, string name, string json, CancellationToken cancellationToken)
    {
        try
        {
            return await state.WriteAsync(new(DestinationDocument.Kind, name, json, stored?.Version), cancellationToken) is not null;
        }
        finally
        {
            shared.Outdate();
        }
    }

    // It is written: that the copy cannot be read again just now is no failure of it.
    private async ValueTask<RegistrationAnswer> DoneAsync(DestinationResult result, string name, CancellationToken cancellationToken)
    {
        try
        {
            await shared.RefreshAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return new(result, null, []);
        }

        return new(result, live.Current.Registrations.GetValueOrDefault(name), []);
    }

    private static RegistrationAnswer NotFound(string name) => new(DestinationResult.Missing, null, [$"no destination is called '{SafeText.OneLine(name, 60)}'"]);

    private static RegistrationAnswer Changed(string name) => new(DestinationResult.Conflict, null, [$"{name} was changed by somebody else meanwhile; look at it again"]);
}
