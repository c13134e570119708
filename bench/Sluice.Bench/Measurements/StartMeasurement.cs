using Sluice.Bench.Load;
using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>From the start of the process to the first webhook it has acknowledged.</summary>
public sealed class StartMeasurement(Workbench workbench, bool freshFolder) : IMeasurement
{
    private readonly SignedRequests _request = new(1);
    private string? _folder;

    public string Name => $"start to first answer, {(freshFolder ? "empty" : "existing")} data folder: sluice / echo";

    public string Topic => "start";

    public Goal Goal { get; } = Goal.AtMost(2.0);

    // Cheap, and scheduling noise is large against a third of a second.
    public int UsualRounds => 11;

    public Round Measure()
    {
        if (_folder is null)
        {
            // Not counted: reads both programs from the disk into the cache, and leaves the folder that the other variant starts on.
            _folder = workbench.NewFolder();
            TimeSluice();
            TimeEcho();
        }

        return new Round(TimeSluice(), TimeEcho());
    }

    private Reading TimeSluice()
    {
        if (freshFolder)
        {
            Workbench.Remove(_folder!);
            _folder = workbench.NewFolder();
        }

        return Time(Programs.Sluice(_folder!, workers: 0));
    }

    private Reading TimeEcho()
    {
        var folder = workbench.NewFolder();
        var reading = Time(Programs.Echo(folder));
        Workbench.Remove(folder);
        return reading;
    }

    private Reading Time(ServerProgram program)
    {
        _request.Sign();
        using var server = workbench.Start(program);
        var elapsed = FirstAnswer.Await(server, _request[0]);
        server.Stop();
        return new Reading(elapsed.TotalMilliseconds, "ms");
    }
}
