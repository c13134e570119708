using Sluice.Bench.Load;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>Webhooks acknowledged per second, against what Kestrel alone answers to the same client and the same bytes.</summary>
/// <remarks>
/// A round is a fresh pair of processes, sluice on an empty folder, so that no round meets a larger store or an older backlog than another.
/// Within it the sides take turns in short slices: a shared machine can be half as fast for some seconds, and whoever is measured a minute
/// after the other is measured on another machine. The one whose turn it is not is frozen (SIGSTOP): one that merely waits for its next turn
/// would deliver its backlog or compile its hot paths at the other's expense, and later find that work already done.
/// </remarks>
public sealed class IngestMeasurement(Workbench workbench, IngestPlan plan) : IMeasurement
{
    // The runtime compiles what it found hot in the background, in steps of a tenth of a second without news; a server under
    // full load on few cores gives it neither. Without these pauses the echo took up to a million requests to reach its speed.
    private static readonly TimeSpan _compilation = TimeSpan.FromMilliseconds(200);

    private readonly SignedRequests _requests = new(plan.PerSlice);

    public required string Name { get; init; }

    public required string Topic { get; init; }

    public required Goal Goal { get; init; }

    public required int Workers { get; init; }

    public required int Connections { get; init; }

    public int UsualRounds => 5;

    public Round Measure()
    {
        var folder = workbench.NewFolder();
        using var sluice = workbench.Start(Programs.Sluice(folder, Workers));
        using var sluiceClient = WarmUp(sluice);
        using var echo = workbench.Start(Programs.Echo(folder));
        using var echoClient = WarmUp(echo);

        LoadRecord a = new(), b = new();
        for (var slice = 0; slice < plan.Slices; slice++)
        {
            // While both are frozen, and once for both: the very same bytes.
            _requests.Sign();
            TakeTurn(sluice, sluiceClient, a);
            TakeTurn(echo, echoClient, b);
        }

        sluice.Stop();
        echo.Stop();
        Workbench.Remove(folder);
        return new Round(a.ToReading(), b.ToReading());
    }

    private LoadClient WarmUp(ServerProcess server)
    {
        _requests.Sign();
        FirstAnswer.Await(server, _requests[0]);
        var client = new LoadClient(server, Connections);
        for (var slice = 0; slice < plan.WarmUpSlices; slice++)
        {
            _requests.Sign();
            client.Run(_requests, new LoadRecord());
            Thread.Sleep(_compilation);
        }

        server.Freeze();
        return client;
    }

    private void TakeTurn(ServerProcess server, LoadClient client, LoadRecord record)
    {
        server.Thaw();
        client.Run(_requests, record);
        server.Freeze();
    }
}

/// <summary>How much load a round is.</summary>
public sealed record IngestPlan(int PerSlice, int Slices, int WarmUpSlices);
