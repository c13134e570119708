using System.Diagnostics;
using Sluice.Bench.Load;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>Deliveries per second to a local sink, against a bare HttpClient that posts the same bodies to the same sink, as many at once.</summary>
/// <remarks>
/// A drains a backlog: each delivery is found, claimed and read, posted, and its outcome is on the disk before it counts. Taking events in is
/// measured by rows of its own. As there, the sides take turns in short slices on one machine: while the loop posts, sluice is frozen. Both are
/// measured warm: what the compiler still does in the first seconds of a process is no matter of a backlog.
/// </remarks>
public sealed class ForwardMeasurement(Workbench workbench, ForwardPlan plan) : IMeasurement
{
    private const int InFlight = 64;

    // A worker is busy too while its claim is written: of 160 some 64 are under way (mean duration of the attempts in the book, by their rate).
    private const int Workers = 5 * InFlight / 2;

    private static readonly TimeSpan _compilation = TimeSpan.FromMilliseconds(200);

    public string Name => $"forwarding, {InFlight} in flight: sluice / bare HttpClient";

    public string Topic => "forward";

    public Goal Goal { get; } = Goal.AtLeast(0.40);

    public int UsualRounds => 5;

    public Round Measure()
    {
        var folder = workbench.NewFolder();
        using var sink = workbench.Start(Programs.Echo(folder));
        using var loop = new PostLoop(sink, InFlight);
        WarmUp(sink, loop);
        using var sluice = Backlog.Start(workbench, folder, plan.Events, Workers, [Programs.Http("sink", sink.Port)]);
        using var delivered = new DeliveredCount(sluice);
        var count = delivered.Await(plan.WarmUp);

        TimeSpan mine = default, theirs = default;
        long sent = 0, posted = 0;
        while (count + plan.PerSlice <= plan.Events)
        {
            var started = Stopwatch.GetTimestamp();
            var next = delivered.Await(count + plan.PerSlice);
            mine += Stopwatch.GetElapsedTime(started);
            sent += next - count;
            count = next;

            sluice.Freeze();
            started = Stopwatch.GetTimestamp();
            loop.Run(plan.PerSlice);
            theirs += Stopwatch.GetElapsedTime(started);
            posted += plan.PerSlice;
            sluice.Thaw();
            count = delivered.Read();
        }

        sluice.Stop();
        sink.Stop();
        Workbench.Remove(folder);
        return new Round(new Reading(sent / mine.TotalSeconds, "/s"), new Reading(posted / theirs.TotalSeconds, "/s"));
    }

    private void WarmUp(ServerProcess sink, PostLoop loop)
    {
        var request = new SignedRequests(1);
        request.Sign();
        FirstAnswer.Await(sink, request[0]);
        for (var turn = 0; turn < plan.WarmUp / plan.PerSlice; turn++)
        {
            loop.Run(plan.PerSlice);
            Thread.Sleep(_compilation);
        }
    }
}

/// <summary>How many events a round has, how many of them come before the clock starts, and how many a slice has.</summary>
public sealed record ForwardPlan(int Events, int WarmUp, int PerSlice);
