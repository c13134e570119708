using System.Globalization;

namespace Sluice.Bench.Reports;

/// <summary>Clock ticks of all processors up to a moment: all there were, those spent in processes, and those spent in this one and its children.</summary>
public sealed record ProcessorTime(long All, long Spent, long Ours)
{
    private static readonly ProcessorTime _unknown = new(0, 0, 0);

    /// <remarks>The system counts a child once it has ended and been waited for: to be called while no server runs. Only Linux has these files.</remarks>
    public static ProcessorTime Now()
    {
        if (!OperatingSystem.IsLinux()) return _unknown;

        // cpu user nice system idle iowait irq softirq steal ... Interrupts are left out: those of our own traffic are counted for no process.
        var all = Fields(File.ReadLines("/proc/stat").First(), after: "cpu ");
        // pid (name) state ...: then utime, stime, cutime, cstime are the 14th to the 17th field of the line.
        var own = Fields(File.ReadAllText("/proc/self/stat"), after: ") ");
        return new(all.Take(8).Sum(), all.Take(3).Sum(), own.Take(11..15).Sum());
    }

    /// <summary>The share of the processors that went to other processes.</summary>
    public double? OthersSince(ProcessorTime before)
    {
        var all = All - before.All;
        return all <= 0 ? null : Math.Max(0, (double)(Spent - before.Spent - (Ours - before.Ours)) / all);
    }

    private static List<long> Fields(string line, string after) =>
    [
        .. line[(line.LastIndexOf(after, StringComparison.Ordinal) + after.Length)..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(field => long.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0),
    ];
}
