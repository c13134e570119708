using Sluice.Bench;
using Sluice.Bench.Measurements;
using Sluice.Bench.Reports;

const int Fine = 0, Missed = 1, Broken = 2;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(FunctionsBenchOptions.Usage);
    return Fine;
}

var progress = new Progress();
try
{
    var options = FunctionsBenchOptions.Parse(args);
    var before = ProcessorTime.Now();
    await using var row = new ShellMeasurement(options.Requests);
    progress.Say("warming up");
    row.WarmUp();
    var rounds = new List<Round>();
    while (rounds.Count < options.Rounds)
    {
        progress.Say($"{row.Name}: round {rounds.Count + 1} of {options.Rounds}");
        rounds.Add(row.Measure());
    }

    progress.Clear();
    var result = new MeasurementResult(row, rounds);
    Console.Out.Write(Report.Render(options, Machine.Describe(before, ProcessorTime.Now()), result));
    return options.Check && !result.Met ? Missed : Fine;
}
catch (BenchException failure)
{
    progress.Clear();
    Console.Error.WriteLine($"bench: {failure.Message}");
    return Broken;
}
