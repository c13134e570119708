using Microsoft.AspNetCore.Http;
using Sluice.Bench.Measurements;
using Sluice.Bench.Sides;

namespace Sluice.Bench;

/// <summary>
/// What the shell on Azure adds: processor time per event of the function over clients that do nothing, against the core's endpoint over the
/// book in memory. All threads of the process are counted, so that the collector, timers and whatever runs beside belong to the turn.
/// </summary>
/// <remarks>
/// The sides take turns in short slices, so that a machine that slows down slows both. Requests are made and signed outside the clock, few at
/// a time: requests that lie ready by the thousand grow old in the collector's eyes and make its work dearer than a server's ever is. The
/// core begins each turn with an empty book and keeps what comes in it; the collector has to carry that along, so that the ratio depends on
/// the turn: over 1,000 events it is about 1.45, over 5,000 about 1.35, over 20,000 about 0.8.
/// </remarks>
public sealed class ShellMeasurement(int requests) : IMeasurement, IAsyncDisposable
{
    private const int InTurn = 5000;
    private const int Ready = 100;
    private const int WarmUpTurns = 60;

    // The runtime compiles in the background what it found hot, in steps of a tenth of a second without news.
    private static readonly TimeSpan _compilation = TimeSpan.FromMilliseconds(150);

    private readonly FunctionSide function = new();

    public string Name => "processor time per event, 1 destination: function on silent clients / core endpoint in memory";

    public string Topic => "shell";

    public Goal Goal { get; } = Goal.AtMost(1.3);

    public int UsualRounds => 11;

    public void WarmUp()
    {
        for (var turn = 0; turn < WarmUpTurns; turn++)
        {
            TakeTurns();
            Thread.Sleep(_compilation);
        }
    }

    public Round Measure()
    {
        var (a, b) = (TimeSpan.Zero, TimeSpan.Zero);
        var turns = Math.Max(1, requests / InTurn);
        for (var turn = 0; turn < turns; turn++)
        {
            var (ofFunction, ofCore) = TakeTurns();
            (a, b) = (a + ofFunction, b + ofCore);
        }

        return new Round(PerEvent(a), PerEvent(b));

        Reading PerEvent(TimeSpan spent) => new(spent.TotalMicroseconds / (turns * InTurn), " µs");
    }

    public ValueTask DisposeAsync() => function.DisposeAsync();

    private (TimeSpan Function, TimeSpan Core) TakeTurns() => TakeTurnsAsync().GetAwaiter().GetResult();

    private async Task<(TimeSpan Function, TimeSpan Core)> TakeTurnsAsync()
    {
        var ofFunction = await TakeTurnAsync(function);
        await using var core = new CoreSide();
        return (ofFunction, await TakeTurnAsync(core));
    }

    private static async Task<TimeSpan> TakeTurnAsync(Side side)
    {
        var before = await side.CountAsync();
        var spent = TimeSpan.Zero;
        GC.Collect();
        for (var handled = 0; handled < InTurn; handled += Ready)
        {
            var contexts = SignedContexts.Make(Ready, side.Services);
            var started = Environment.CpuUsage.TotalTime;
            foreach (var context in contexts) await side.HandleAsync(context);
            spent += Environment.CpuUsage.TotalTime - started;
            if (Array.Find(contexts, context => context.Response.StatusCode != StatusCodes.Status200OK) is { } refused)
                throw new BenchException($"{side.GetType().Name} answered {refused.Response.StatusCode}");
        }

        if (await side.CountAsync() - before != InTurn) throw new BenchException($"{side.GetType().Name} did not keep and ring each of {InTurn} events");
        return spent;
    }
}
