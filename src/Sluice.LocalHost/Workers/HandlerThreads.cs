using Sluice.Configuration;
using Sluice.Delivery;

namespace Sluice.LocalHost.Workers;

/// <summary>
/// Threads for handlers of the user's own, which may block theirs: answers need threads too, and must not wait until the pool has noticed and
/// grown. Sluice's own wait without a thread, and with more threads than there is work they only get in each other's way.
/// </summary>
internal sealed class HandlerThreads(int workers)
{
    private const int MostBlocked = 256;

    private SluiceConfiguration? seen;
    private bool isEnough;

    /// <summary>Gives the pool what the handlers of a configuration may need; never takes away.</summary>
    public void Ensure(SluiceConfiguration live)
    {
        if (isEnough || ReferenceEquals(live, seen)) return;
        seen = live;
        if (!live.Destinations.Any(static destination => MayBlock(destination.Handler))) return;
        ThreadPool.GetMinThreads(out var threads, out var completionThreads);
        ThreadPool.SetMinThreads(Math.Max(threads, Environment.ProcessorCount + Math.Min(workers, MostBlocked)), completionThreads);
        isEnough = true;
    }

    private static bool MayBlock(IHandler handler) => handler is not (HttpHandler or LogHandler or SplitHandler);
}
