using Sluice.Bench.Load;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>A sluice that has events to deliver: they were kept while it had no workers.</summary>
public static class Backlog
{
    private const int Connections = 32;
    private const int PerTurn = 5_000;

    /// <summary>Keeps events in a new folder, and starts over it with workers.</summary>
    public static ServerProcess Start(Workbench workbench, string folder, int events, int workers, IReadOnlyList<string> destinations)
    {
        using (var keeping = workbench.Start(Programs.Sluice(folder, workers: 0, destinations)))
        {
            var requests = new SignedRequests(1);
            requests.Sign();
            FirstAnswer.Await(keeping, requests[0]);
            using var client = new LoadClient(keeping, Connections);
            for (var left = events - 1; left > 0; left -= requests.Count)
            {
                requests = new SignedRequests(Math.Min(left, PerTurn));
                requests.Sign();
                client.Run(requests, new LoadRecord());
            }

            keeping.Stop();
        }

        return workbench.Start(Programs.Sluice(folder, workers, destinations));
    }
}
