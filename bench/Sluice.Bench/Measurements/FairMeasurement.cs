using System.Diagnostics;
using Sluice.Bench.Load;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>A hundred destinations that all take every event: how fast the others get theirs while one of them hangs, against none hanging.</summary>
/// <remarks>
/// Each side drains a backlog of the same events in a process of its own, one after the other; what counts is the time until the others have
/// all they are to get. The one that hangs has a timeout longer than that, so that its attempts hold their workers throughout. The sink is warm
/// before either, and the sides take turns to be first.
/// </remarks>
public sealed class FairMeasurement(Workbench workbench, int events) : IMeasurement
{
    private const int Destinations = 100;
    private const int Workers = 64;
    private const int WarmUp = 40_000;

    private bool _hangsFirst;

    public string Name => $"{Destinations} destinations, {Workers} workers, the others' rate: one hangs / none hangs";

    public string Topic => "fair";

    public Goal Goal { get; } = Goal.AtLeast(0.90);

    public int UsualRounds => 5;

    public Round Measure()
    {
        var folder = workbench.NewFolder();
        using var sink = workbench.Start(Programs.Echo(folder));
        var request = new SignedRequests(1);
        request.Sign();
        FirstAnswer.Await(sink, request[0]);
        using (var loop = new PostLoop(sink, Workers)) loop.Run(Math.Min(WarmUp, events * Destinations));
        using var silent = new SilentServer();
        _hangsFirst = !_hangsFirst;
        var first = Drain(sink.Port, _hangsFirst ? silent.Port : sink.Port);
        var second = Drain(sink.Port, _hangsFirst ? sink.Port : silent.Port);
        var round = _hangsFirst ? new Round(first, second) : new Round(second, first);
        sink.Stop();
        Workbench.Remove(folder);
        return round;
    }

    // The first half is not timed: a process that has just started is slow, and one that hangs does its worst after that.
    private Reading Drain(int port, int portOfOne)
    {
        var folder = workbench.NewFolder();
        string[] destinations = [Programs.Http("one", portOfOne), .. Enumerable.Range(1, Destinations - 1).Select(i => Programs.Http($"other_{i}", port))];
        using var sluice = Backlog.Start(workbench, folder, events, Workers, destinations);
        using var delivered = new DeliveredCount(sluice);
        var ofOthers = events * (Destinations - 1L);
        var before = delivered.Await(ofOthers / 2);
        var started = Stopwatch.GetTimestamp();
        // Those of the one that answers too are among them: a hundredth, which is counted off.
        var total = portOfOne == port ? events * (long)Destinations : ofOthers;
        var after = delivered.Await(total * 95 / 100);
        var rate = (after - before) / Stopwatch.GetElapsedTime(started).TotalSeconds * ofOthers / total;
        sluice.Kill();
        return new Reading(rate, "/s");
    }
}
