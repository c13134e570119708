using Microsoft.Extensions.Logging;
using Sluice.Configuration;
using Sluice.Storage;

namespace Sluice.Destinations;

/// <summary>
/// This instance's copy of what was said of destinations while running, composed into <see cref="LiveConfiguration"/>. Whoever is about to use
/// the configuration asks for it to be fresh. While the store is away the last good copy goes on; before the first there is nothing to go on with.
/// </summary>
public sealed partial class SharedDestinations(ISharedState state, LiveConfiguration live, RegistrationReader reader, TimeProvider time, ILogger<SharedDestinations> logger)
{
    /// <summary>What is older is not gone by without asking: what was said is in force everywhere within this time.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(10);

    /// <summary>How long somebody who could go on with an old copy waits for a new one: a sender may be waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>How long nobody waits for a store that was just away.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private volatile Copy? copy;
    private Dictionary<string, Known> known = [];
    private Task<StoreUnavailableException?> reading = Task.FromResult<StoreUnavailableException?>(null);
    private long wanted;
    private long? failedAt;

    /// <summary>Returns when the configuration in force is as fresh as can be had: at once, as a rule.</summary>
    /// <exception cref="StoreUnavailableException">There is no copy yet and the store cannot be asked.</exception>
    public ValueTask EnsureAsync(CancellationToken cancellationToken) => copy is { } last && IsFresh(last) ? ValueTask.CompletedTask : FollowAsync(mustKnow: false, cancellationToken);

    /// <summary>The same for whoever books an event, which what was registered since would miss: an old copy goes on only where the store has said no.</summary>
    /// <exception cref="StoreUnavailableException">There is no copy yet and the store cannot be asked, or the copy is old and the store has not answered in time.</exception>
    public ValueTask EnsureKnownAsync(CancellationToken cancellationToken) => copy is { } last && IsFresh(last) ? ValueTask.CompletedTask : FollowAsync(mustKnow: true, cancellationToken);

    /// <summary>Returns when what was written before this call is in force here.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked; the last good copy goes on.</exception>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var mine = Interlocked.Increment(ref wanted);
        while (copy is not { } last || last.Wanted < mine)
        {
            if (await ReadAgain().WaitAsync(cancellationToken) is { } failure) throw new StoreUnavailableException(failure.Message, failure);
        }
    }

    /// <summary>
    /// Looks again where a delivery names a destination that is not known here: it may have been registered a moment ago, and another instance
    /// have known it before.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked, so that nobody knows whether it is there.</exception>
    public ValueTask LookAgainAsync(CancellationToken cancellationToken) => state.Freshness == Timeout.InfiniteTimeSpan ? EnsureAsync(cancellationToken) : RefreshAsync(cancellationToken);

    /// <summary>Says that something was written, or nobody knows whether it was: the copy is read again before it is used again.</summary>
    internal void Outdate() => Interlocked.Increment(ref wanted);

    private bool IsFresh(Copy last) =>
        last.Wanted == Volatile.Read(ref wanted) && (state.Freshness == Timeout.InfiniteTimeSpan || time.GetElapsedTime(last.ReadAt) < state.Freshness);

    private async ValueTask FollowAsync(bool mustKnow, CancellationToken cancellationToken)
    {
        if (copy is not { } last)
        {
            if (await ReadAgain().WaitAsync(cancellationToken) is { } failure) throw new StoreUnavailableException(failure.Message, failure);
            return;
        }

        lock (gate)
        {
            if (failedAt is { } then && time.GetElapsedTime(then) < Pause) return;
        }

        var next = ReadAgain();
        if (last.Wanted == Volatile.Read(ref wanted) && time.GetElapsedTime(last.ReadAt) <= Oldest) return;
        try
        {
            await next.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // It goes on reading; meanwhile the last good copy is in force.
            if (mustKnow) throw new StoreUnavailableException("what is registered could not be read in time");
        }
    }

    // One reading at a time, whoever asks for it.
    private Task<StoreUnavailableException?> ReadAgain()
    {
        lock (gate) return reading.IsCompleted ? reading = ReadAsync() : reading;
    }

    private async Task<StoreUnavailableException?> ReadAsync()
    {
        var (mine, readAt) = (Volatile.Read(ref wanted), time.GetTimestamp());
        try
        {
            var documents = await state.ListAsync(DestinationDocument.Kind, CancellationToken.None);
            var last = copy;
            if (last is null || !last.Documents.Select(document => (document.Name, document.Version)).SequenceEqual(documents.Select(document => (document.Name, document.Version)))) Compose(documents);
            copy = new(documents, mine, readAt);
            lock (gate) failedAt = null;
            return null;
        }
        catch (StoreUnavailableException e)
        {
            Log.Away(logger, e.Message);
            lock (gate) failedAt = time.GetTimestamp();
            return e;
        }
    }

    // Runs again with each configuration that is written down: what a registration may say depends on it. The others of one change are known.
    private void Compose(IReadOnlyList<SharedDocument> documents) => live.Compose(written =>
    {
        var next = new Dictionary<string, Known>(documents.Count);
        foreach (var document in documents)
        {
            var isKnown = known.TryGetValue(document.Name, out var before) && before.Registration.Version == document.Version && before.Written == written;
            var registration = isKnown ? before.Registration : Read(document, written);
            if (!isKnown && registration.Fault is { } fault) Log.Unusable(logger, document.Name, fault);
            next.Add(document.Name, new(registration, written));
        }

        known = next;
        return written.With([.. next.Values.Select(one => one.Registration)]);
    });

    private Registration Read(SharedDocument document, SluiceConfiguration written)
    {
        try
        {
            return reader.Read(document, written);
        }
#pragma warning disable CA1031 // Whatever is wrong with one destination, the others and the process go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return reader.Unusable(document, $"met a fault of Sluice's own ({e.GetType().Name})");
        }
    }

    /// <param name="Wanted">What had been asked for when it was read.</param>
    /// <param name="ReadAt">A timestamp.</param>
    private sealed record Copy(IReadOnlyList<SharedDocument> Documents, long Wanted, long ReadAt);

    private readonly record struct Known(Registration Registration, SluiceConfiguration Written);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The registered destinations cannot be read, the last good copy goes on where there is one: {Reason}")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Error, "Destination {Name} {Fault}")]
        public static partial void Unusable(ILogger logger, string name, string fault);
    }
}
