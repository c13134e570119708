using System.Globalization;
using System.Runtime.InteropServices;

namespace Sluice.Bench.Reports;

/// <summary>Where the figures come from, and which share of all processors something else took meanwhile.</summary>
public sealed record Machine(int Cores, string System, string Runtime, double? TakenByOthers)
{
    /// <summary>What others took is missing from the figures, and not from both sides alike.</summary>
    public bool WasBusy => TakenByOthers > 0.05;

    public static Machine Describe(ProcessorTime before, ProcessorTime after) => new(
        Environment.ProcessorCount,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        after.OthersSince(before));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cores} cores{(TakenByOthers is null ? "" : $" ({TakenByOthers:0%} taken by others)")}, {System}, {Runtime}");
}
