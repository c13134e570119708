using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sluice.Bench;
using Sluice.Bench.Measurements;
using Sluice.Bench.Reports;
using Sluice.Bench.Servers;

const int Fine = 0, Missed = 1, Broken = 2, Interrupted = 130;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(BenchOptions.Usage);
    return Fine;
}

var progress = new Progress();
var interrupted = false;
try
{
    var options = BenchOptions.Parse(args);
    var before = ProcessorTime.Now();
    using var workbench = Workbench.Open();

    // Someone loses patience: the servers die at once, and this thread stumbles over that and cleans up as after any failure.
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Abandon);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Abandon);
    void Abandon(PosixSignalContext signal)
    {
        signal.Cancel = true;
        interrupted = true;
        workbench.Abandon();
    }

    var results = new List<MeasurementResult>();
    foreach (var row in Rows.For(options, workbench))
    {
        var rounds = new List<Round>();
        var count = options.Rounds ?? row.UsualRounds;
        while (rounds.Count < count)
        {
            progress.Say($"{row.Name}: round {rounds.Count + 1} of {count}");
            rounds.Add(row.Measure());
        }

        results.Add(new(row, rounds));
    }

    progress.Clear();
    var machine = Machine.Describe(before, ProcessorTime.Now());
    Console.Out.Write(options.Json ? JsonReport.Render(options, machine, results) : TableReport.Render(options, machine, results));
    return options.Check && results.Any(result => !result.Met) ? Missed : Fine;
}
catch (Exception failure) when (failure is BenchException or IOException or SocketException or UnauthorizedAccessException)
{
    progress.Clear();
    if (interrupted) return Interrupted;

    Console.Error.WriteLine($"bench: {failure.Message}");
    return Broken;
}
