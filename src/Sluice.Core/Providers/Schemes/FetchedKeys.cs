using System.Net;

namespace Sluice.Providers;

/// <summary>
/// Keys that a sender publishes at one place. Asked for when there are none, when one is missing, and once a day; but at most once a minute,
/// whatever requests come, and once more for those from where genuine ones came: strangers cannot use up a sender's minute. Those that are there stay
/// until there are newer ones: a place that cannot be reached takes nothing away.
/// </summary>
internal sealed class FetchedKeys<T>(Func<Task<IReadOnlyList<T>?>> fetch)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private volatile IReadOnlyList<T> keys = [];
    private Task running = Task.CompletedTask;
    private readonly KnownNetworks known = new();
    private DateTimeOffset? tried;
    private DateTimeOffset? triedByKnown;
    private DateTimeOffset fetched;

    public IReadOnlyList<T> Current => keys;

    /// <summary>Nothing was ever fetched, and the last try was in vain.</summary>
    public bool IsUnavailable
    {
        get
        {
            lock (gate) return keys.Count == 0 && tried is not null && running.IsCompleted;
        }
    }

    /// <summary>Whether asking could change anything now: an answer is on its way, or the last minute was quiet.</summary>
    public bool MayChange(IPAddress? from, DateTimeOffset now)
    {
        lock (gate) return !running.IsCompleted || IsDue(tried, now) || (IsDue(triedByKnown, now) && known.Contains(from));
    }

    /// <summary>A request from there was genuine.</summary>
    public void WasGenuine(IPAddress? from) => known.Add(from);

    public bool IsOld(DateTimeOffset now)
    {
        lock (gate) return keys.Count == 0 || (now - fetched).Duration() >= Longest;
    }

    /// <summary>Asks if it may. Requests that come meanwhile wait for the same answer.</summary>
    public async ValueTask RefreshAsync(IPAddress? from, DateTimeOffset now)
    {
        Task answer;
        lock (gate)
        {
            if (running.IsCompleted)
            {
                // Noted first: whatever comes of it, the next minute is quiet.
                if (IsDue(tried, now)) tried = now;
                else if (IsDue(triedByKnown, now) && known.Contains(from)) triedByKnown = now;
                else return;
                running = FetchAsync(now);
            }

            answer = running;
        }

        await answer;
    }

    private static bool IsDue(DateTimeOffset? tried, DateTimeOffset now) => tried is not { } last || (now - last).Duration() >= Pause;

    private async Task FetchAsync(DateTimeOffset now)
    {
        try
        {
            if (await fetch() is not { Count: > 0 } found) return;
            lock (gate) (keys, fetched) = (found, now);
        }
#pragma warning disable CA1031 // Whatever stands where the keys should be: it is none, and the request that asked is refused as without a key.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
