using System.Collections.Concurrent;
using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Delivery.Pacing;

/// <summary>The breakers as this process last read or wrote them. While the store is away the last known ones decide, and an unknown one is closed: rather deliver than stand still.</summary>
internal sealed class Breakers(ISharedState state, TimeProvider time)
{
    private const int MostTries = 5;

    /// <summary>After a failure, how long nobody asks again.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Breaker> copies = new(StringComparer.Ordinal);
    private long readAgain = long.MinValue;

    /// <summary>Whether the copies may be used without a look.</summary>
    public bool IsFresh => time.GetTimestamp() < Volatile.Read(ref readAgain);

    public Breaker Of(string destination) => copies.GetValueOrDefault(destination, Breaker.Closed);

    /// <summary>Reads all of them anew where the copies are too old. One reads; the others meanwhile use what there is.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        var due = Volatile.Read(ref readAgain);
        if (time.GetTimestamp() < due || Interlocked.CompareExchange(ref readAgain, After(Pause), due) != due) return;
        try
        {
            foreach (var document in await state.ListAsync(Breaker.Kind, cancellationToken)) copies[document.Name] = PacingJson.Read(document.Json, PacingJson.Default.Breaker);
            Volatile.Write(ref readAgain, After(state.Freshness));
        }
        catch (StoreUnavailableException)
        {
            // Asked again in a second.
        }
    }

    /// <summary>Changes a breaker as it stands now. Null when there is nothing to change any more, or others are always faster.</summary>
    /// <exception cref="StoreUnavailableException">It was not changed, or nobody knows.</exception>
    public async ValueTask<Breaker?> ChangeAsync(string destination, Func<Breaker, Breaker?> change, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var document = await state.FindAsync(Breaker.Kind, destination, cancellationToken);
            var breaker = PacingJson.Read(document?.Json, PacingJson.Default.Breaker);
            copies[destination] = breaker;
            if (change(breaker) is not { } changed) return null;
            var json = JsonSerializer.Serialize(changed, PacingJson.Default.Breaker);
            if (await state.WriteAsync(new(Breaker.Kind, destination, json, document?.Version), cancellationToken) is null) continue;
            return copies[destination] = changed;
        }

        return null;
    }

    private long After(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? long.MaxValue : time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
}
