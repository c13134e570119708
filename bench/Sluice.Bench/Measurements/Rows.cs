using Sluice.Bench.Servers;

namespace Sluice.Bench.Measurements;

/// <summary>Every row there is, in the order of the report. A new one is added here.</summary>
public static class Rows
{
    private const int Connections = 32;

    // Of some 0.05 to 0.5 s each.
    private const int Slices = 20;

    public static IReadOnlyList<IMeasurement> For(BenchOptions options, Workbench workbench)
    {
        var plan = new IngestPlan(options.Requests / Slices, Slices, options.Quick ? 2 : 12);
        IMeasurement[] all =
        [
            new StartMeasurement(workbench, freshFolder: true),
            new StartMeasurement(workbench, freshFolder: false),
            Ingest("ingest", "workers off", workers: 0, Goal.AtLeast(0.20)),
            Ingest("log", "log handler running", workers: 16, Goal.AtLeast(0.10)),
            new ForwardMeasurement(workbench, options.Quick ? new(Events: 4_000, WarmUp: 1_000, PerSlice: 1_000) : new(Events: 560_000, WarmUp: 360_000, PerSlice: 20_000)),
            new FairMeasurement(workbench, options.Quick ? 60 : 1200),
            new VerifyMeasurement(options.Quick ? 10 : 50),
        ];
        return [.. all.Where(row => options.Only.Contains(row.Topic))];

        IngestMeasurement Ingest(string topic, string what, int workers, Goal goal) => new(workbench, plan)
        {
            Name = $"durable ingest, {Connections} connections, {what}: sluice / echo",
            Topic = topic,
            Goal = goal,
            Workers = workers,
            Connections = Connections,
        };
    }
}
